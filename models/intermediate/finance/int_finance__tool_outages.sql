-- Grain: one row per spell up to as_of in which a tool was down.
-- Incidents that overlap or touch are one spell, so that no minute counts twice.

with

down_incidents as (

    select
        tool_id,
        severity,
        started_at,
        ended_at
    from {{ ref('int_finance__tool_incidents') }}
    where is_down and ended_at > started_at

),

earlier_ends as (

    select
        *,
        max(ended_at) over (
            partition by tool_id
            order by started_at asc, ended_at asc, severity asc
            rows between unbounded preceding and 1 preceding
        ) as earlier_ended_at
    from down_incidents

),

numbered_incidents as (

    select
        *,
        sum(
            case when coalesce(earlier_ended_at >= started_at, false) then 0 else 1 end
        ) over (
            partition by tool_id
            order by started_at asc, ended_at asc, severity asc
            rows between unbounded preceding and current row
        ) as spell_number
    from earlier_ends

),

tool_outages as (

    select
        tool_id,
        min(started_at) as down_from,
        max(ended_at) as down_to
    from numbered_incidents
    group by
        tool_id,
        spell_number

)

select * from tool_outages
