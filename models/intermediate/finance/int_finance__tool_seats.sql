-- Grain: one row per tool with seats that were given to somebody by as_of.
-- Whoever can no longer log in has left. A holder whom no source knows as a user is
-- counted apart, since a missing user list would make leavers of everybody.

with

tool_users as (

    select
        tool_id,
        user_id,
        min(granted_on) as granted_on,
        max(last_active_on) as last_active_on
    from {{ ref('stg_generic__tool_users') }}
    group by
        tool_id,
        user_id

),

reps as (

    select
        rep_id,
        is_active
    from {{ ref('dim_reps') }}

),

idle_limits as (

    select
        cast(
            {{ dbt.dateadd('day', '-idle_days', reporting_date(as_of())) }} as date
        ) as idle_before
    from {{ ref('tool_policies') }}
    where {{ in_force() }}

),

holders as (

    select
        tool_users.tool_id,
        reps.rep_id is null as is_unknown,
        not coalesce(reps.is_active, true) as has_left,
        tool_users.last_active_on,
        coalesce(tool_users.last_active_on, tool_users.granted_on)
        < idle_limits.idle_before as is_idle
    from tool_users
    inner join idle_limits
        on
            tool_users.granted_on is null
            or tool_users.granted_on <= {{ reporting_date(as_of()) }}
    left join reps on tool_users.user_id = reps.rep_id

),

tool_seats as (

    select
        tool_id,
        count(*) as seats_held,
        count(*) filter (where has_left) as leaver_seats,
        count(*) filter (where is_idle and not has_left) as idle_holder_seats,
        count(*) filter (where is_unknown) as unknown_holder_seats,
        case
            when count(last_active_on) > 0
                then count(last_active_on) filter (where not is_idle and not has_left)
        end as active_holders
    from holders
    group by tool_id

)

select * from tool_seats
