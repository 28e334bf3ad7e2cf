-- Grain: one row per person with a creditable touch: which conversions nobody had by
-- them, and the lookback up to their last touch.

with

touched_people as (

    select
        person_key,
        max(touched_at) as last_touched_at
    from {{ ref('fct_touchpoints') }}
    where person_key is not null and {{ is_creditable() }}
    group by person_key

),

reached_people as (

    select
        person_key,
        bool_or(conversion_type = 'mql') as has_mql,
        bool_or(conversion_type = 'opportunity') as has_opportunity,
        bool_or(conversion_type = 'won') as has_won
    from {{ ref('int_attribution__conversion_people') }}
    group by person_key

),

unconverted_people as (

    select
        touched_people.person_key,
        not coalesce(reached_people.has_mql, false) as is_no_mql,
        not coalesce(reached_people.has_opportunity, false) as is_no_opportunity,
        not coalesce(reached_people.has_won, false) as is_no_win,
        {{ dbt.dateadd(
            'day',
            -(var('attribution_lookback_days') | int),
            'touched_people.last_touched_at'
        ) }} as window_start
    from touched_people
    left join reached_people
        on touched_people.person_key = reached_people.person_key

)

select * from unconverted_people
