-- Grain: one row per conversion that no model credits, with the reason.

with

conversions as (

    select * from {{ ref('int_attribution__conversions') }}

),

credited_conversions as (

    select
        conversion_type,
        conversion_id
    from {{ ref('int_attribution__journeys') }}

),

journeys as (

    select
        conversion_type,
        conversion_id,
        bool_or(is_direct) as has_direct,
        bool_or(is_sales) as has_sales
    from {{ ref('int_attribution__journey_touches') }}
    group by
        conversion_type,
        conversion_id

),

earlier_touches as (

    select * from {{ ref('int_attribution__earlier_touches') }}

),

unattributed_conversions as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        conversions.person_id,
        conversions.account_id,
        conversions.segment,
        case
            when conversions.converted_at is null then 'undated'
            when journeys.has_direct then 'direct_only'
            when journeys.has_sales then 'sales_only'
            when earlier_touches.latest_touch_at >= conversions.window_start
                then 'before_previous_conversion'
            when earlier_touches.conversion_id is not null then 'outside_lookback'
            else 'no_touch'
        end as reason,
        conversions.amount_usd,
        conversions.converted_at
    from conversions
    left join credited_conversions
        on
            conversions.conversion_type = credited_conversions.conversion_type
            and conversions.conversion_id = credited_conversions.conversion_id
    left join journeys
        on
            conversions.conversion_type = journeys.conversion_type
            and conversions.conversion_id = journeys.conversion_id
    left join earlier_touches
        on
            conversions.conversion_type = earlier_touches.conversion_type
            and conversions.conversion_id = earlier_touches.conversion_id
    where credited_conversions.conversion_id is null

)

select * from unattributed_conversions
