-- Grain: one row per decaying rule, person or account that may reach its limit, and
-- moment at which it fired.
-- What fires a rule gives its points, or as many as are missing to max_points by then.
-- With sums s and limits m, both scaled so that nothing decays, such a standing is
-- s(n) + min(0, m(k) - s(k) over k up to n), which no recursion needs.

with

limited_events as (

    select * from {{ ref('int_lifecycle__limited_events') }}

),

started_blocks as (

    select
        rule_id,
        subject_key,
        block_number
    from limited_events
    group by rule_id, subject_key, block_number

),

-- What stood before the last block has halved so often that nothing is left of it.
repeated_events as (

    select
        limited_events.*,
        started_blocks.block_number as counted_in_block,
        limited_events.block_position - {{ half_lives_of_block() }}
            as counted_position,
        true as is_repeated
    from limited_events
    inner join started_blocks
        on
            limited_events.rule_id = started_blocks.rule_id
            and limited_events.subject_key = started_blocks.subject_key
            and limited_events.block_number + 1 = started_blocks.block_number

),

counted_events as (

    select
        *,
        block_number as counted_in_block,
        block_position as counted_position,
        false as is_repeated
    from limited_events
    union all
    select * from repeated_events

),

summed_events as (

    select
        *,
        {{ scaled_points('max_points', 'counted_position') }} as scaled_limit,
        sum({{ scaled_points('abs(points_each) * times_fired', 'counted_position') }})
            over events_so_far as scaled_sum
    from counted_events
    window events_so_far as (
        partition by rule_id, subject_key, counted_in_block
        order by scored_at
        rows between unbounded preceding and current row
    )

),

standings as (

    select
        *,
        scaled_sum
        + least(0, min(scaled_limit - scaled_sum) over (
            partition by rule_id, subject_key, counted_in_block
            order by scored_at
            rows between unbounded preceding and current row
        )) as scaled_standing
    from summed_events

),

risen_standings as (

    select
        rule_id,
        subject_key,
        points_each,
        counted_position,
        is_repeated,
        scaled_standing - coalesce(lag(scaled_standing) over (
            partition by rule_id, subject_key, counted_in_block
            order by scored_at
        ), 0) as scaled_rise,
        scored_at
    from standings

),

limited_points as (

    select
        rule_id,
        subject_key,
        {{ exact_points(
            'sign(points_each) * ' ~ unscaled_points('scaled_rise', 'counted_position')
        ) }} as points,
        scored_at
    from risen_standings
    where not is_repeated

)

select * from limited_points
