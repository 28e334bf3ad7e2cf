-- Grain: one row per tool and criterion in force at as_of of the questions that every
-- tool must answer.

with

tool_facts as (

    select * from {{ ref('int_finance__tool_facts') }}

),

criteria as (

    select * from {{ ref('tool_criteria') }}
    where {{ in_force() }}

),

measured_values as (

    select
        tool_id,
        'monthly_records_written' as measure,
        monthly_records_written as measured_value
    from tool_facts
    union all
    select
        tool_id,
        'seat_utilisation_rate' as measure,
        seat_utilisation_rate as measured_value
    from tool_facts
    union all
    select
        tool_id,
        'active_users' as measure,
        active_users as measured_value
    from tool_facts
    union all
    select
        tool_id,
        'cost_per_active_user_usd' as measure,
        cast(cost_per_active_user_usd as double) as measured_value
    from tool_facts
    union all
    select
        tool_id,
        'uptime_rate' as measure,
        uptime_rate as measured_value
    from tool_facts
    union all
    select
        tool_id,
        'critical_tools_reached' as measure,
        critical_tools_reached as measured_value
    from tool_facts

),

tool_answers as (

    select
        measured_values.tool_id,
        criteria.tool_criterion_id,
        criteria.question,
        criteria.measure,
        criteria.operator,
        criteria.threshold,
        cast(measured_values.measured_value as double) as measured_value,
        case criteria.operator
            when 'at_least' then measured_values.measured_value >= criteria.threshold
            when 'at_most' then measured_values.measured_value <= criteria.threshold
        end as is_met,
        criteria.evidence
    from measured_values
    inner join criteria on measured_values.measure = criteria.measure

)

select * from tool_answers
