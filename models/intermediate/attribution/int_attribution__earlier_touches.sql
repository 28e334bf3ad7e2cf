-- Grain: one row per conversion without a touch in its journey, whose people were
-- touched before it: the latest of those touches.
-- For an MQL the person's own touches count; for an opportunity or a win those of
-- everyone at the account and everyone named on the opportunity.

with

conversions as (

    select
        conversion_type,
        conversion_id,
        person_id,
        account_id,
        converted_at
    from {{ ref('int_attribution__conversions') }} as conversions
    where not exists (
        select 1
        from {{ ref('int_attribution__journey_touches') }} as journey_touches
        where
            conversions.conversion_type = journey_touches.conversion_type
            and conversions.conversion_id = journey_touches.conversion_id
    )

),

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

touchpoints as (

    select
        person_id,
        account_id,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null

),

conversion_people as (

    select
        conversion_type,
        conversion_id,
        person_id,
        converted_at
    from conversions
    where conversion_type = 'mql'
    union all
    select
        conversions.conversion_type,
        conversions.conversion_id,
        opportunity_people.person_id,
        conversions.converted_at
    from conversions
    inner join opportunity_people
        on conversions.conversion_id = opportunity_people.opportunity_id
    where conversions.conversion_type != 'mql'

),

gathered_touches as (

    select
        conversion_people.conversion_type,
        conversion_people.conversion_id,
        touchpoints.touched_at
    from conversion_people
    inner join touchpoints
        on
            conversion_people.person_id = touchpoints.person_id
            and conversion_people.converted_at > touchpoints.touched_at
    union all
    select
        conversions.conversion_type,
        conversions.conversion_id,
        touchpoints.touched_at
    from conversions
    inner join touchpoints
        on
            conversions.account_id = touchpoints.account_id
            and conversions.converted_at > touchpoints.touched_at
    where conversions.conversion_type != 'mql'

),

earlier_touches as (

    select
        conversion_type,
        conversion_id,
        max(touched_at) as latest_touch_at
    from gathered_touches
    group by
        conversion_type,
        conversion_id

)

select * from earlier_touches
