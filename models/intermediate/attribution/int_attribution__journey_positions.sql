-- Grain: one row per conversion and touchpoint that a model may credit.
-- Journeys without a creditable touch are absent: they are unattributed. A direct touch
-- is kept only where it is the literal last one of a journey that has others.

with

eligible_touches as (

    select
        *,
        is_marketing
        or (is_sales and {{ var('attribution_include_sales_touches') }})
            as is_creditable
    from {{ ref('int_attribution__journey_touches') }}
    where
        is_marketing
        or is_direct
        or (is_sales and {{ var('attribution_include_sales_touches') }})

),

ordered_touches as (

    select
        *,
        row_number() over (
            partition by conversion_type, conversion_id, is_creditable
            order by touched_at asc, touchpoint_id asc
        ) as position,
        row_number() over (
            partition by conversion_type, conversion_id
            order by touched_at desc, touchpoint_id desc
        ) as literal_position_from_end,
        count_if(is_creditable) over (
            partition by conversion_type, conversion_id
        ) as creditable_count
    from eligible_touches

),

journey_positions as (

    select
        conversion_type,
        conversion_id,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        is_creditable,
        creditable_count,
        is_creditable and position = 1 as is_first,
        is_creditable and position = creditable_count as is_last_non_direct,
        literal_position_from_end = 1 as is_last,
        touched_at
    from ordered_touches
    where
        creditable_count > 0
        and (is_creditable or literal_position_from_end = 1)

)

select * from journey_positions
