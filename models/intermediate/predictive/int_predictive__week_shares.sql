-- Grain: one row per week that a watched metric may be known in, to the one that as_of
-- lies in: which share of it is the end of a month, of a fiscal quarter and of a year.

with

windows as (

    select
        min(known_from) as first_week,
        max(current_week) as last_week
    from {{ ref('int_predictive__anomaly_windows') }}

),

anomaly_policies as (

    select
        month_end_days,
        year_end_from_day,
        year_end_to_day
    from {{ ref('int_predictive__anomaly_policies') }}

),

days as (

    select cast(windows.first_week + numbers.number * interval '1' day as date) as day
    from windows
    inner join range({{ most_days() }}) as numbers (number)
        on
            cast(windows.first_week + numbers.number * interval '1' day as date)
            < windows.last_week + interval '7' day

),

flagged_days as (

    select
        days.day,
        cast(days.day + anomaly_policies.month_end_days * interval '1' day as date)
            as later_day,
        (
            extract(month from days.day) = 12
            and extract(day from days.day) >= anomaly_policies.year_end_from_day
        ) or (
            extract(month from days.day) = 1
            and extract(day from days.day) <= anomaly_policies.year_end_to_day
        ) as is_year_end
    from days
    inner join anomaly_policies on anomaly_policies.month_end_days > 0

),

ended_days as (

    select
        day,
        date_trunc('month', later_day) > date_trunc('month', day) as is_month_end,
        {{ fiscal_quarter_start('later_day') }} > {{ fiscal_quarter_start('day') }}
            as is_quarter_end,
        is_year_end
    from flagged_days

),

week_shares as (

    select
        cast(date_trunc('week', day) as date) as week,
        count(*) filter (where is_month_end)
        / cast(7 as double) as month_end_share,
        count(*) filter (where is_quarter_end)
        / cast(7 as double) as quarter_end_share,
        count(*) filter (where is_year_end)
        / cast(7 as double) as year_end_share
    from ended_days
    group by cast(date_trunc('week', day) as date)

)

select * from week_shares
