-- Grain: one row per conversion that no model credits, with the reason.

with

conversions as (

    select * from {{ ref('int_attribution__conversions') }}

),

credited_conversions as (

    select
        conversion_type,
        conversion_id
    from {{ ref('int_attribution__journey_positions') }}
    group by
        conversion_type,
        conversion_id

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

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

first_touches as (

    select
        person_id,
        account_id,
        min(touched_at) as first_touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null
    group by
        person_id,
        account_id

),

account_first_touches as (

    select
        account_id,
        min(first_touched_at) as first_touched_at
    from first_touches
    where account_id is not null
    group by account_id

),

contact_first_touches as (

    select
        opportunity_people.opportunity_id,
        min(first_touches.first_touched_at) as first_touched_at
    from opportunity_people
    inner join first_touches
        on opportunity_people.person_id = first_touches.person_id
    group by opportunity_people.opportunity_id

),

unattributed_conversions as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        conversions.person_id,
        conversions.account_id,
        conversions.segment,
        case
            when journeys.has_direct then 'direct_only'
            when journeys.has_sales then 'sales_only'
            when
                least(
                    coalesce(
                        first_touches.first_touched_at, conversions.converted_at
                    ),
                    coalesce(
                        account_first_touches.first_touched_at, conversions.converted_at
                    ),
                    coalesce(
                        contact_first_touches.first_touched_at, conversions.converted_at
                    )
                ) < conversions.converted_at
                then 'outside_lookback'
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
    left join first_touches
        on
            conversions.conversion_type = 'mql'
            and conversions.person_id = first_touches.person_id
    left join account_first_touches
        on
            conversions.conversion_type != 'mql'
            and conversions.account_id = account_first_touches.account_id
    left join contact_first_touches
        on
            conversions.conversion_type != 'mql'
            and conversions.conversion_id = contact_first_touches.opportunity_id
    where credited_conversions.conversion_id is null

)

select * from unattributed_conversions
