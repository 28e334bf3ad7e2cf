-- Grain: one row per conversion that no model credits, with the reason.

with

conversions as (

    select * from {{ ref('int_attribution__conversions') }}

),

journeys as (

    select
        conversion_key,
        has_direct,
        has_sales,
        latest_touch_at
    from {{ ref('int_attribution__journeys') }}
    where not is_credited

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
            when journeys.latest_touch_at >= conversions.window_start
                then 'before_previous_conversion'
            when journeys.latest_touch_at is not null then 'outside_lookback'
            else 'no_touch'
        end as reason,
        conversions.amount_usd,
        conversions.converted_at
    from conversions
    inner join journeys
        on conversions.conversion_key = journeys.conversion_key

)

select * from unattributed_conversions
