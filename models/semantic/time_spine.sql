-- Grain: one row per day up to that of as_of.
-- The metrics are of months, but MetricFlow asks for days.

with

days as (

    select
        cast(
            {{ reporting_date(as_of()) }} - numbers.number * interval '1' day as date
        ) as date_day
    from range({{ most_days() }}) as numbers (number)

)

select * from days
