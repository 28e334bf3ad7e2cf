-- Grain: one row per set of conversions that a journey ends without and step of such
-- journeys from one channel to another, from start to null: how often it was taken.

with

open_touches as (

    select
        *,
        lag(channel) over journey as previous_channel,
        lead(channel) over journey is null as is_end
    from {{ ref('int_attribution__open_journeys') }}
    window journey as (
        partition by person_key
        order by touched_at asc, touchpoint_id asc
    )

),

counted_steps as (

    select
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        coalesce(previous_channel, '(start)') as from_state,
        channel as to_state,
        count(*) as steps,
        count_if(is_end) as ends
    from open_touches
    group by
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        coalesce(previous_channel, '(start)'),
        channel

),

open_steps as (

    select
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        from_state,
        to_state,
        steps
    from counted_steps
    union all
    select
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        to_state as from_state,
        '(null)' as to_state,
        cast(sum(ends) as bigint) as steps
    from counted_steps
    where ends > 0
    group by
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        to_state

)

select * from open_steps
