-- Grain: one row per cycle with an MQL: when its answer is due.
-- The way back from a position to a moment: the spell in which the business seconds
-- allowed run out. An answer due at the very end of a spell is due when it closes. One
-- that falls due after the clock's last spell has no moment, which a test refuses.

with

mql_cycles as (

    select
        funnel_cycle_id,
        clock_id,
        sla_minutes,
        mql_at
    from {{ ref('int_lifecycle__mql_cycles') }}

),

clock_positions as (

    select * from {{ ref('int_lifecycle__clock_positions') }}

),

spells as (

    select
        clock_id,
        opens_at,
        seconds_open,
        seconds_before
    from {{ ref('int_lifecycle__business_spells') }}

),

due_positions as (

    select
        mql_cycles.funnel_cycle_id,
        mql_cycles.clock_id,
        clock_positions.position_seconds + 60 * mql_cycles.sla_minutes
            as due_seconds
    from mql_cycles
    inner join clock_positions
        on
            mql_cycles.clock_id = clock_positions.clock_id
            and mql_cycles.mql_at = clock_positions.moment

),

merged as (

    select
        cast(null as string) as funnel_cycle_id,
        clock_id,
        seconds_before as position_seconds,
        1 as is_spell,
        opens_at,
        seconds_before,
        seconds_before + seconds_open as seconds_after
    from spells
    union all
    select
        funnel_cycle_id,
        clock_id,
        due_seconds as position_seconds,
        0 as is_spell,
        cast(null as timestamp) as opens_at,
        cast(null as bigint) as seconds_before,
        cast(null as bigint) as seconds_after
    from due_positions

),

placed as (

    select
        funnel_cycle_id,
        position_seconds,
        is_spell,
        max(opens_at) over clock as opens_at,
        max(seconds_before) over clock as seconds_before,
        max(seconds_after) over clock as seconds_after
    from merged
    window clock as (
        partition by clock_id
        order by
            position_seconds asc,
            is_spell asc
        rows between unbounded preceding and current row
    )

),

due_moments as (

    select
        funnel_cycle_id,
        case
            when position_seconds <= seconds_after
                then cast({{ dbt.dateadd(
                    'second',
                    'cast(position_seconds - seconds_before as integer)',
                    'opens_at'
                ) }} as timestamp)
        end as due_at
    from placed
    where is_spell = 0

)

select * from due_moments
