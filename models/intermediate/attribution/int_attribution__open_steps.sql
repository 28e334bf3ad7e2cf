-- Grain: one row per set of conversions that a journey ends without and step of such
-- journeys from one channel to another, from start to null: how often it was taken.

with

open_touches as (

    select
        *,
        lag(channel) over (
            partition by person_id
            order by touched_at asc, touchpoint_id asc
        ) as previous_channel,
        row_number() over (
            partition by person_id
            order by touched_at desc, touchpoint_id desc
        ) = 1 as is_end
    from {{ ref('int_attribution__open_journeys') }}

),

open_steps as (

    select
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        coalesce(previous_channel, '(start)') as from_state,
        channel as to_state,
        count(*) as steps
    from open_touches
    group by
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        coalesce(previous_channel, '(start)'),
        channel
    union all
    select
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        channel as from_state,
        '(null)' as to_state,
        count(*) as steps
    from open_touches
    where is_end
    group by
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        channel

)

select * from open_steps
