-- Grain: one row per person with a creditable touch: which conversions nobody had by
-- them, and the lookback up to their last touch.
-- By an opportunity or a win have those named on it and everybody at its account.

with

touchpoints as (

    select
        person_id,
        account_id,
        max(touched_at) as last_touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null and {{ is_creditable() }}
    group by
        person_id,
        account_id

),

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

converted_people as (

    select
        person_id,
        'mql' as conversion_type
    from conversions
    where conversion_type = 'mql'
    union
    select
        opportunity_people.person_id,
        conversions.conversion_type
    from conversions
    inner join opportunity_people
        on conversions.conversion_id = opportunity_people.opportunity_id
    where conversions.conversion_type != 'mql'

),

converted_accounts as (

    select
        account_id,
        conversion_type
    from conversions
    where conversion_type != 'mql' and account_id is not null
    group by
        account_id,
        conversion_type

),

reached_people as (

    select
        touchpoints.person_id,
        converted_people.conversion_type
    from touchpoints
    inner join converted_people
        on touchpoints.person_id = converted_people.person_id
    union
    select
        touchpoints.person_id,
        converted_accounts.conversion_type
    from touchpoints
    inner join converted_accounts
        on touchpoints.account_id = converted_accounts.account_id

),

reached_conversions as (

    select
        person_id,
        bool_or(conversion_type = 'mql') as has_mql,
        bool_or(conversion_type = 'opportunity') as has_opportunity,
        bool_or(conversion_type = 'won') as has_won
    from reached_people
    group by person_id

),

unconverted_people as (

    select
        touchpoints.person_id,
        not coalesce(reached_conversions.has_mql, false) as is_no_mql,
        not coalesce(reached_conversions.has_opportunity, false) as is_no_opportunity,
        not coalesce(reached_conversions.has_won, false) as is_no_win,
        {{ dbt.dateadd(
            'day', -(var('attribution_lookback_days') | int), 'max(touchpoints.last_touched_at)'
        ) }} as window_start
    from touchpoints
    left join reached_conversions
        on touchpoints.person_id = reached_conversions.person_id
    group by
        touchpoints.person_id,
        reached_conversions.has_mql,
        reached_conversions.has_opportunity,
        reached_conversions.has_won

)

select * from unconverted_people
