-- Grain: one row per week that capacity looks at, by its Monday in the reporting time
-- zone: those that were over when that of as_of began, and those to come after it.

{{ config(materialized='view') }}

with

capacity_methods as (

    select
        history_weeks,
        weeks_ahead,
        cast(date_trunc('week', {{ reporting_date(as_of()) }}) as date) as this_week
    from {{ ref('capacity_methods') }}
    where {{ in_force() }}

),

planned_weeks as (

    select
        cast(
            capacity_methods.this_week
            + (capacity_methods.weeks_ahead - numbers.number) * interval '7' day as date
        ) as week,
        numbers.number < capacity_methods.weeks_ahead as is_ahead
    from capacity_methods
    inner join range({{ most_months() }}) as numbers (number)
        on
            capacity_methods.weeks_ahead + capacity_methods.history_weeks
            >= numbers.number
            and capacity_methods.weeks_ahead != numbers.number

)

select * from planned_weeks
