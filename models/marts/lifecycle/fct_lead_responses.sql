-- Grain: one row per cycle with an MQL: whether sales answered it in time.

with

mql_cycles as (

    select * from {{ ref('int_lifecycle__mql_cycles') }}

),

first_responses as (

    select * from {{ ref('int_lifecycle__first_responses') }}

),

due_moments as (

    select * from {{ ref('int_lifecycle__due_moments') }}

),

clock_positions as (

    select * from {{ ref('int_lifecycle__clock_positions') }}

),

timed_cycles as (

    select
        mql_cycles.*,
        first_responses.activity_id,
        first_responses.activity_type,
        first_responses.responder_id,
        first_responses.responded_at,
        due_moments.due_at,
        coalesce(first_responses.responded_at, {{ as_of() }}) as clock_ends_at
    from mql_cycles
    inner join due_moments
        on mql_cycles.funnel_cycle_id = due_moments.funnel_cycle_id
    left join first_responses
        on mql_cycles.funnel_cycle_id = first_responses.funnel_cycle_id

),

judged_cycles as (

    select
        timed_cycles.*,
        (ends.position_seconds - starts.position_seconds) / 60e0 as elapsed_minutes,
        case
            when timed_cycles.responded_at is not null
                -- Business time is counted in whole seconds.
                then
                    date_trunc('second', timed_cycles.responded_at)
                    <= timed_cycles.due_at
            when timed_cycles.due_at < {{ as_of() }} then false
        end as is_met
    from timed_cycles
    inner join clock_positions as starts
        on
            timed_cycles.clock_id = starts.clock_id
            and timed_cycles.mql_at = starts.moment
    inner join clock_positions as ends
        on
            timed_cycles.clock_id = ends.clock_id
            and timed_cycles.clock_ends_at = ends.moment

),

lead_responses as (

    select
        funnel_cycle_id,
        person_id,
        cycle_number,
        segment,
        channel,
        owner_id,
        clock_id,
        sla_target_id,
        activity_id as first_response_activity_id,
        activity_type as first_response_type,
        responder_id,
        case
            when is_met is null then 'pending'
            when is_met then 'met'
            else 'missed'
        end as sla_status,
        case when not is_met then fallback_owner end as fallback_owner,
        cast(sla_minutes as integer) as sla_minutes,
        case when responded_at is not null then cast(elapsed_minutes as double) end
            as response_minutes,
        case
            when not is_met then cast((elapsed_minutes - sla_minutes) / 60e0 as double)
        end as overdue_hours,
        is_met,
        (
            is_met is null
            and due_at
            <= {{ dbt.dateadd('minute', 'at_risk_minutes', as_of()) }}
        ) as is_at_risk,
        mql_at,
        due_at,
        responded_at as first_response_at
    from judged_cycles

)

select * from lead_responses
