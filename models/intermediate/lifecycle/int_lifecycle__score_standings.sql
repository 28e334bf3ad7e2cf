-- Grain: one row per person or account and moment at which it earned points: what
-- stands of all points just after. Sums of a block of moments are scaled so that nothing
-- fades within it; what an earlier block has left stands at its start.

with

placed_points as (

    select * from {{ ref('int_lifecycle__placed_points') }}

),

half_life_groups as (

    select * from {{ ref('int_lifecycle__half_life_groups') }}

),

-- Most histories lie in one block: none is later then.
later_blocks as (

    select
        subject_key,
        group_number,
        block_number
    from placed_points
    where block_number > (select min(block_number) from placed_points)
    group by
        subject_key,
        group_number,
        block_number

),

-- What halved 256 times before a block began is nothing to a double.
left_points as (

    select
        placed_points.*,
        later_blocks.block_number as counted_in_block,
        placed_points.block_position
        - 256 * (later_blocks.block_number - placed_points.block_number)
            as counted_position,
        false as is_moment
    from placed_points
    inner join later_blocks
        on
            placed_points.subject_key = later_blocks.subject_key
            and placed_points.group_number = later_blocks.group_number
            and placed_points.block_number < later_blocks.block_number
    where
        placed_points.slot is not null
        and (
            placed_points.block_position
            - 256 * (later_blocks.block_number - placed_points.block_number)
        ) * placed_points.pace > -256

),

counted_points as (

    select
        *,
        block_number as counted_in_block,
        block_position as counted_position,
        true as is_moment
    from placed_points
    union all
    select * from left_points

),

scaled_points as (

    select
        subject_key,
        group_number,
        is_first_group,
        rule_print,
        slot,
        points,
        counted_in_block,
        counted_position,
        is_moment,
        scored_at,
        points * pow(2, counted_position * pace) as scaled
    from counted_points

),

summed_points as (

    select
        subject_key,
        group_number,
        is_first_group,
        is_moment,
        rule_print,
        points,
        counted_position,
        scored_at,
        lead(scored_at) over in_order is distinct from scored_at as is_last,
        {{ each_slot(
            "sum(case when slot = {n} then scaled else 0 end) over so_far as sum_{n}"
        ) }}
    from scaled_points
    window
        in_order as (
            partition by subject_key, group_number, counted_in_block
            order by scored_at, rule_print
        ),
        so_far as (
            partition by subject_key, group_number, counted_in_block
            order by scored_at, rule_print
            rows between unbounded preceding and current row
        )

),

-- Of the rules of one moment the last one has what all of them gave.
faded_points as (

    select
        summed_points.subject_key,
        summed_points.is_first_group,
        summed_points.rule_print,
        summed_points.points,
        summed_points.scored_at,
        case when summed_points.is_last then {{ faded_sum('1 - is_intent_{n}') }} end
            as engagement_points,
        case when summed_points.is_last then {{ faded_sum('is_intent_{n}') }} end
            as intent_points
    from summed_points
    inner join half_life_groups
        on summed_points.group_number = half_life_groups.group_number
    where summed_points.is_moment

),

score_standings as (

    select
        subject_key,
        cast(sum(case when is_first_group then points end) as double) as earned_points,
        bit_xor(case when is_first_group then rule_print end) as rules_print,
        cast(
            sum({{ exact_points('engagement_points') }}) as double
        ) as engagement_points,
        cast(sum({{ exact_points('intent_points') }}) as double) as intent_points,
        scored_at
    from faded_points
    group by
        subject_key,
        scored_at

)

select * from score_standings
