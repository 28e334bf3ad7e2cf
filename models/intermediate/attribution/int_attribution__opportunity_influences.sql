-- Grain: one row per opportunity that a marketing touch reached, between the start of
-- its lookback and its close, or as_of while it is open.

with

opportunity_touches as (

    select
        opportunity_id,
        touchpoint_id,
        touched_at
    from {{ ref('int_attribution__opportunity_touches') }}
    where
        is_marketing
        and touched_at <= coalesce(closed_at, {{ as_of() }})
        and touched_at >= {{ dbt.dateadd(
            'day', -(var('attribution_lookback_days') | int), 'created_at'
        ) }}

),

opportunity_influences as (

    select
        opportunity_id,
        count(touchpoint_id) as marketing_touch_count,
        min(touched_at) as first_marketing_touch_at
    from opportunity_touches
    group by opportunity_id

)

select * from opportunity_influences
