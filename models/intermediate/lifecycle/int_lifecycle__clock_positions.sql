-- Grain: one row per clock and moment that business time is counted to: MQLs, first
-- responses and as_of.
-- The position is the seconds of business time from the clock's first spell to the
-- moment. A moment takes the last spell that opened before it: opening, seconds before
-- and seconds after all grow from spell to spell, so running maxima find it in one
-- pass.

with

mql_cycles as (

    select
        funnel_cycle_id,
        clock_id,
        mql_at
    from {{ ref('int_lifecycle__mql_cycles') }}

),

first_responses as (

    select
        funnel_cycle_id,
        responded_at
    from {{ ref('int_lifecycle__first_responses') }}

),

spells as (

    select
        clock_id,
        opens_at,
        seconds_before,
        seconds_before + seconds_open as seconds_after
    from {{ ref('int_lifecycle__business_spells') }}

),

moments as (

    select
        clock_id,
        mql_at as moment
    from mql_cycles
    union
    select
        mql_cycles.clock_id,
        first_responses.responded_at as moment
    from mql_cycles
    inner join first_responses
        on mql_cycles.funnel_cycle_id = first_responses.funnel_cycle_id
    union
    select
        clock_id,
        {{ as_of() }} as moment
    from mql_cycles

),

merged as (

    select
        clock_id,
        opens_at as moment,
        opens_at,
        seconds_before,
        seconds_after
    from spells
    union all
    select
        clock_id,
        moment,
        cast(null as timestamp) as opens_at,
        cast(null as bigint) as seconds_before,
        cast(null as bigint) as seconds_after
    from moments

),

placed as (

    select
        clock_id,
        moment,
        opens_at is null as is_asked_for,
        max(opens_at) over clock as opens_at,
        max(seconds_before) over clock as seconds_before,
        max(seconds_after) over clock as seconds_after
    from merged
    window clock as (
        partition by clock_id
        order by moment
        range between unbounded preceding and current row
    )

),

clock_positions as (

    select
        clock_id,
        moment,
        coalesce(
            least(
                seconds_after,
                seconds_before + {{ dbt.datediff('opens_at', 'moment', 'second') }}
            ),
            0
        ) as position_seconds
    from placed
    where is_asked_for

)

select * from clock_positions
