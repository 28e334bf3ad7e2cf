-- Grain: one row per tool and month, from the first that tells of it to as_of's.
-- An incident tells of no beginning: a tool of the inventory without a contract or use
-- runs from the first month that tells of any tool, and was up but for its incidents.

with

inventory as (

    select tool_id from {{ ref('int_finance__tools') }}
    where is_inventoried

),

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
        month,
        true as tells_beginning
    from cost_months
    union all
    select
        tool_id,
        month,
        true as tells_beginning
    from usage_months
    union all
    select
        tool_id,
        cast(date_trunc('month', {{ reporting_date('started_at') }}) as date) as month,
        false as tells_beginning
    from tool_incidents

),

dated_tools as (

    select tool_id from known_months
    where tells_beginning
    group by tool_id

),

first_known_month as (

    select
        coalesce(
            min(month),
            cast(date_trunc('month', {{ reporting_date(as_of()) }}) as date)
        ) as month
    from known_months

),

told_months as (

    select
        tool_id,
        month
    from known_months
    union all
    select
        inventory.tool_id,
        first_known_month.month
    from inventory
    cross join first_known_month
    left join dated_tools on inventory.tool_id = dated_tools.tool_id
    where dated_tools.tool_id is null

),

first_months as (

    select
        tool_id,
        min(month) as first_month,
        {{ dbt.datediff('min(month)', reporting_date(as_of()), 'month') }}
            as later_months
    from told_months
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
