-- Grain: one row per conversion type and step of journeys from one channel to another:
-- how often it was taken. Journeys begin in start and end in conversion or null.
-- Going on in the same channel is no step: it decides about no conversion.

with

converted_touches as (

    select
        conversion_type,
        channel,
        lag(channel) over (
            partition by conversion_key
            order by touched_at asc, touchpoint_id asc
        ) as previous_channel,
        is_last_non_direct as is_end
    from {{ ref('int_attribution__journey_positions') }}
    where is_creditable

),

converted_steps as (

    select
        conversion_type,
        coalesce(previous_channel, '(start)') as from_state,
        channel as to_state,
        count(*) as steps
    from converted_touches
    group by
        conversion_type,
        coalesce(previous_channel, '(start)'),
        channel
    union all
    select
        conversion_type,
        channel as from_state,
        '(conversion)' as to_state,
        count(*) as steps
    from converted_touches
    where is_end
    group by
        conversion_type,
        channel

),

open_steps as (

    select * from {{ ref('int_attribution__open_steps') }}

),

all_steps as (

    select * from converted_steps
    union all
    select
        'mql' as conversion_type,
        from_state,
        to_state,
        steps
    from open_steps
    where is_no_mql
    union all
    select
        'opportunity' as conversion_type,
        from_state,
        to_state,
        steps
    from open_steps
    where is_no_opportunity
    union all
    select
        'won' as conversion_type,
        from_state,
        to_state,
        steps
    from open_steps
    where is_no_win

),

channel_steps as (

    select
        conversion_type,
        from_state,
        to_state,
        cast(sum(steps) as bigint) as steps
    from all_steps
    where from_state != to_state
    group by
        conversion_type,
        from_state,
        to_state

)

select * from channel_steps
