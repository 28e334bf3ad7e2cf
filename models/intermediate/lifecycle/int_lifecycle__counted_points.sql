-- Grain: one row per decaying rule, person or account, moment of points and group of
-- half-lives, and one per slot and two blocks of moments of a subject, for what is left
-- of the points of the former in the latter. Points are scaled so that nothing fades
-- within a block.

{{ config(materialized='view') }}

with

-- Most histories lie in one block: nothing is left to a later one then.
early_sums as (

    select
        subject_key,
        is_account,
        group_number,
        slot,
        pace,
        block_number,
        sum({{ scaled_points('points', 'block_position * pace') }}) as scaled,
        max(scored_at) as scored_at
    from {{ ref('int_lifecycle__placed_points') }}
    where block_number < last_block and slot is not null
    group by
        subject_key,
        is_account,
        group_number,
        slot,
        pace,
        block_number

),

later_blocks as (

    select
        subject_key,
        group_number,
        block_number
    from {{ ref('int_lifecycle__placed_points') }}
    where block_number > first_block
    group by
        subject_key,
        group_number,
        block_number

),

left_sums as (

    select
        early_sums.*,
        later_blocks.block_number as counted_in_block,
        {{ half_lives_of_block() }}
        * early_sums.pace
        * (later_blocks.block_number - early_sums.block_number) as half_lives_since
    from early_sums
    inner join later_blocks
        on
            early_sums.subject_key = later_blocks.subject_key
            and early_sums.group_number = later_blocks.group_number
            and early_sums.block_number < later_blocks.block_number

),

counted_points as (

    select
        subject_key,
        is_account,
        group_number,
        rule_print,
        slot,
        points,
        block_number as counted_in_block,
        block_position as counted_position,
        true as is_moment,
        -- A half-life of another group may be too short for the group's blocks.
        case
            when slot is not null
                then {{ scaled_points('points', 'block_position * pace') }}
        end as scaled,
        scored_at
    from {{ ref('int_lifecycle__placed_points') }}
    union all
    select
        subject_key,
        is_account,
        group_number,
        cast(null as bigint) as rule_print,
        slot,
        cast(null as decimal(28, 12)) as points,
        counted_in_block,
        cast(null as double) as counted_position,
        false as is_moment,
        cast(
            cast(scaled as double) * pow(0.5, half_lives_since) as decimal(38, 0)
        ) as scaled,
        scored_at
    from left_sums
    -- What halved so often is nothing, and its power no longer a number.
    where half_lives_since < 3 * {{ half_lives_of_block() }}

)

select * from counted_points
