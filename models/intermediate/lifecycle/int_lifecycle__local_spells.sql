-- Grain: one row per clock and spell of business hours in local time, from a week
-- before the first MQL, or a hundred years ago, to a year after as_of.

with

clocks as (

    select
        clock_id,
        calendar,
        time_zone,
        holiday_country
    from {{ ref('int_lifecycle__rep_clocks') }}
    group by
        clock_id,
        calendar,
        time_zone,
        holiday_country

),

business_hours as (

    select
        calendar,
        weekday,
        {{ minute_of_day('opens_at') }} as opening_minute,
        {{ minute_of_day('closes_at') }} as closing_minute,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('business_hours') }}

),

holidays as (

    select
        country,
        holiday_date
    from {{ ref('holidays') }}

),

bounds as (

    select
        cast({{ dbt.dateadd('day', -7, 'min(mql_at)') }} as date) as first_date,
        cast({{ dbt.dateadd('day', 366, as_of()) }} as date) as last_date
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

local_days as (

    select
        cast({{ dbt.dateadd(
            'day', 'cast(-numbers.number as integer)', 'bounds.last_date'
        ) }} as date) as local_date
    from bounds
    -- An MQL of a mistyped year must not take the days of all others.
    inner join range({{ most_days() }}) as numbers (number)
        on
            numbers.number
            <= {{ dbt.datediff('bounds.first_date', 'bounds.last_date', 'day') }}

),

dated_days as (

    select
        local_date,
        cast(mod({{ dbt.datediff(
            "cast('1900-01-01' as date)", 'local_date', 'day'
        ) }}, 7) as integer) + 1 as weekday
    from local_days

),

local_spells as (

    select
        clocks.clock_id,
        clocks.time_zone,
        {{ dbt.dateadd(
            'minute',
            'business_hours.opening_minute',
            'cast(dated_days.local_date as timestamp)'
        ) }} as opens_at,
        {{ dbt.dateadd(
            'minute',
            'business_hours.closing_minute',
            'cast(dated_days.local_date as timestamp)'
        ) }} as closes_at
    from dated_days
    inner join business_hours
        on
            dated_days.weekday = business_hours.weekday
            and dated_days.local_date >= business_hours.effective_from
            and dated_days.local_date < business_hours.effective_to
    inner join clocks
        on business_hours.calendar = clocks.calendar
    left join holidays
        on
            clocks.holiday_country = holidays.country
            and dated_days.local_date = holidays.holiday_date
    where holidays.holiday_date is null

)

select * from local_spells
