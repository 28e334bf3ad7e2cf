-- Grain: one row per clock and spell of business hours.
-- Lengths are real time: a day of always open hours has 23 or 25 of them when the
-- clocks change. seconds_before counts from the first spell, so that two moments are
-- subtracted.

with

local_spells as (

    select * from {{ ref('int_lifecycle__local_spells') }}

),

open_spells as (

    select
        clock_id,
        {{ utc_moment('opens_at', 'time_zone') }} as opens_at,
        {{ utc_moment('closes_at', 'time_zone') }} as closes_at
    from local_spells

),

timed_spells as (

    select
        clock_id,
        opens_at,
        closes_at,
        {{ dbt.datediff('opens_at', 'closes_at', 'second') }}
            as seconds_open
    from open_spells
    where closes_at > opens_at

),

business_spells as (

    select
        clock_id,
        opens_at,
        closes_at,
        seconds_open,
        cast(
            coalesce(
                sum(seconds_open) over (
                    partition by clock_id
                    order by opens_at
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as bigint
        ) as seconds_before
    from timed_spells

)

select * from business_spells
