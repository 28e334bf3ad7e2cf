-- Grain: one row per tool and month, from the first in which a contract is in force,
-- use is measured or an incident begins, to as_of's.

with

cost_months as (

    select * from {{ ref('int_finance__tool_cost_months') }}

),

usage_months as (

    select * from {{ ref('int_finance__tool_usage_months') }}

),

tool_incidents as (

    select * from {{ ref('int_finance__tool_incidents') }}

),

known_months as (

    select
        tool_id,
        month
    from cost_months
    union all
    select
        tool_id,
        month
    from usage_months
    union all
    select
        tool_id,
        cast(date_trunc('month', {{ reporting_date('started_at') }}) as date) as month
    from tool_incidents

),

first_months as (

    select
        tool_id,
        min(month) as first_month,
        {{ dbt.datediff('min(month)', reporting_date(as_of()), 'month') }}
            as later_months
    from known_months
    group by tool_id

),

tool_months as (

    select
        first_months.tool_id,
        cast(
            {{ dbt.dateadd('month', 'numbers.number', 'first_months.first_month') }}
            as date
        ) as month
    from first_months
    inner join range({{ most_days() }}) as numbers (number)
        on first_months.later_months >= numbers.number

),

tool_calendar as (

    select
        tool_id,
        month,
        {{ reporting_midnight('month') }} as month_from,
        least(
            {{ reporting_midnight(dbt.dateadd('month', 1, 'month')) }}, {{ as_of() }}
        ) as month_to
    from tool_months

)

select * from tool_calendar
