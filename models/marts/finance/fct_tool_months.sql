-- Grain: one row per tool and month, from the first that tells of it to as_of's.
-- Every measure but seats and active_users adds up over months and tools.

with

tool_calendar as (

    select * from {{ ref('int_finance__tool_calendar') }}

),

tools as (

    select * from {{ ref('int_finance__tools') }}

),

cost_months as (

    select * from {{ ref('int_finance__tool_cost_months') }}

),

usage_months as (

    select * from {{ ref('int_finance__tool_usage_months') }}

),

outages as (

    select * from {{ ref('int_finance__tool_outages') }}

),

incident_months as (

    select
        tool_id,
        cast(date_trunc('month', {{ reporting_date('started_at') }}) as date)
            as month,
        count(*) as incident_count,
        count(*) filter (where not is_listed_severity) as unjudged_incidents
    from {{ ref('int_finance__tool_incidents') }}
    group by
        tool_id,
        date_trunc('month', {{ reporting_date('started_at') }})

),

outage_parts as (

    select
        tool_calendar.tool_id,
        tool_calendar.month,
        greatest(outages.down_from, tool_calendar.month_from) as down_from,
        least(outages.down_to, tool_calendar.month_to) as down_to
    from tool_calendar
    inner join outages
        on
            tool_calendar.tool_id = outages.tool_id
            and tool_calendar.month_from < outages.down_to
            and tool_calendar.month_to > outages.down_from

),

outage_months as (

    select
        tool_id,
        month,
        sum({{ dbt.datediff('down_from', 'down_to', 'microsecond') }})
            as microseconds_down
    from outage_parts
    group by
        tool_id,
        month

),

tool_months as (

    select
        tool_calendar.tool_id,
        tool_calendar.month,
        tools.is_critical,
        cast({{ dbt.datediff(
            'tool_calendar.month_from', 'tool_calendar.month_to', 'microsecond'
        ) }} / 60000000e0 as decimal(28, 6)) as minutes_due,
        cast(
            coalesce(outage_months.microseconds_down, 0)
            / 60000000e0 as decimal(28, 6)
        ) as minutes_down,
        coalesce(incident_months.incident_count, 0) as incident_count,
        coalesce(incident_months.unjudged_incidents, 0) as unjudged_incidents,
        usage_months.active_users,
        usage_months.records_written,
        cost_months.seats,
        coalesce(cost_months.contract_days, 0) as contract_days,
        coalesce(cost_months.contract_days_without_rate, 0)
            as contract_days_without_rate,
        cast(coalesce(cost_months.cost_usd, 0) as decimal(28, 6)) as cost_usd
    from tool_calendar
    inner join tools on tool_calendar.tool_id = tools.tool_id
    left join cost_months
        on
            tool_calendar.tool_id = cost_months.tool_id
            and tool_calendar.month = cost_months.month
    left join usage_months
        on
            tool_calendar.tool_id = usage_months.tool_id
            and tool_calendar.month = usage_months.month
    left join incident_months
        on
            tool_calendar.tool_id = incident_months.tool_id
            and tool_calendar.month = incident_months.month
    left join outage_months
        on
            tool_calendar.tool_id = outage_months.tool_id
            and tool_calendar.month = outage_months.month

)

select * from tool_months
