-- Grain: one row per conversion whose people were ever touched: the earliest touch.
-- For an MQL the person's own touches count; for an opportunity or a win those of
-- everyone at the account and everyone named on the opportunity.

with

conversions as (

    select
        conversion_type,
        conversion_id,
        person_id,
        account_id
    from {{ ref('int_attribution__conversions') }}

),

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

person_touches as (

    select
        person_id,
        account_id,
        min(touched_at) as earliest_touch_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null
    group by
        person_id,
        account_id

),

account_touches as (

    select
        account_id,
        min(earliest_touch_at) as earliest_touch_at
    from person_touches
    where account_id is not null
    group by account_id

),

candidates as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        person_touches.earliest_touch_at
    from conversions
    inner join person_touches on conversions.person_id = person_touches.person_id
    where conversions.conversion_type = 'mql'
    union all
    select
        conversions.conversion_type,
        conversions.conversion_id,
        account_touches.earliest_touch_at
    from conversions
    inner join account_touches on conversions.account_id = account_touches.account_id
    where conversions.conversion_type != 'mql'
    union all
    select
        conversions.conversion_type,
        conversions.conversion_id,
        person_touches.earliest_touch_at
    from conversions
    inner join opportunity_people
        on conversions.conversion_id = opportunity_people.opportunity_id
    inner join person_touches on opportunity_people.person_id = person_touches.person_id

),

earliest_touches as (

    select
        conversion_type,
        conversion_id,
        min(earliest_touch_at) as earliest_touch_at
    from candidates
    group by
        conversion_type,
        conversion_id

)

select * from earliest_touches
