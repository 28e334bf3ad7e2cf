-- Grain: one row per decaying rule, person or account, moment of points, group of
-- half-lives and block of moments in which it counts: its own, and each later one of
-- the subject that it has something left in. Points are scaled so that nothing fades
-- within a block.

{{ config(materialized='view') }}

with

placed_points as (

    select * from {{ ref('int_lifecycle__placed_points') }}

),

first_blocks as (

    select
        group_number,
        min(block_number) as block_number
    from placed_points
    group by group_number

),

-- Most histories lie in one block: none is later then.
later_blocks as (

    select
        placed_points.subject_key,
        placed_points.group_number,
        placed_points.block_number
    from placed_points
    inner join first_blocks
        on
            placed_points.group_number = first_blocks.group_number
            and placed_points.block_number > first_blocks.block_number
    group by
        placed_points.subject_key,
        placed_points.group_number,
        placed_points.block_number

),

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
    where placed_points.slot is not null

),

all_points as (

    select
        *,
        block_number as counted_in_block,
        block_position as counted_position,
        true as is_moment
    from placed_points
    union all
    select * from left_points

),

-- What halved 256 times before a block began is nothing to a double.
counted_points as (

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
    from all_points
    where is_moment or counted_position * pace > -256

)

select * from counted_points
