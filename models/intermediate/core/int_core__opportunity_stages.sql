-- Grain: one row per opportunity with a stage history up to as_of: its stage then.

{{ config(materialized='view') }}

with

stage_events as (

    select * from {{ ref('int_core__opportunity_stage_events') }}

),

ranked_events as (

    select
        opportunity_id,
        stage_name,
        changed_at,
        {{ known_by_as_of('changed_at') }} as is_known,
        max(changed_at) over (partition by opportunity_id) as last_changed_at,
        row_number() over (
            partition by opportunity_id, {{ known_by_as_of('changed_at') }}
            order by changed_at desc, stage_name asc
        ) as recency_rank
    from stage_events
    where stage_name is not null and changed_at is not null

),

opportunity_stages as (

    select
        opportunity_id,
        stage_name,
        not {{ known_by_as_of('last_changed_at') }} as has_changed_since,
        changed_at
    from ranked_events
    where is_known and recency_rank = 1

)

select * from opportunity_stages
