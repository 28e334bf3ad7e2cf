-- Grain: one row per tool, start and severity of an incident up to as_of.
-- What lands while it lasts and again when it is over is one incident, and over.

with

staged_incidents as (

    select
        tool_id,
        coalesce(severity, 'unknown') as severity,
        started_at,
        max(resolved_at) as resolved_at
    from {{ ref('stg_generic__tool_incidents') }}
    where started_at <= {{ as_of() }}
    group by
        tool_id,
        coalesce(severity, 'unknown'),
        started_at

),

severities as (

    select * from {{ ref('tool_incident_severities') }}

),

ended_incidents as (

    -- An outage that was last seen as a slow hour is over when that is.
    select
        *,
        coalesce(
            resolved_at,
            max(resolved_at) over (partition by tool_id, started_at)
        ) as ended_at
    from staged_incidents

),

tool_incidents as (

    select
        ended_incidents.tool_id,
        ended_incidents.severity,
        coalesce(severities.is_down, false) as is_down,
        severities.severity is not null as is_listed_severity,
        coalesce(ended_incidents.ended_at > {{ as_of() }}, true) as is_open,
        ended_incidents.started_at,
        least(
            coalesce(ended_incidents.ended_at, {{ as_of() }}), {{ as_of() }}
        ) as ended_at
    from ended_incidents
    left join severities on ended_incidents.severity = severities.severity

)

select * from tool_incidents
