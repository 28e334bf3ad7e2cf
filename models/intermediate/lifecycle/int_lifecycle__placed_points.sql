-- Grain: one row per decaying rule, person or account, moment of points and group of
-- half-lives: what the rule gives to the group, nothing if its half-life is of another.
-- Half-lives are those of the shortest in the group.

{{ config(materialized='view') }}

with

subject_points as (

    select * from {{ ref('int_lifecycle__subject_points') }}

),

decaying_rules as (

    select * from {{ ref('int_lifecycle__decaying_rules') }}

),

half_life_groups as (

    select
        group_number,
        shortest_half_life
    from {{ ref('int_lifecycle__half_life_groups') }}

),

-- Rules are few: they are told for each group before any point is.
grouped_rules as (

    select
        decaying_rules.rule_id,
        {{ content_print(['decaying_rules.rule_id']) }} as rule_print,
        half_life_groups.group_number,
        case
            when decaying_rules.group_number = half_life_groups.group_number
                then decaying_rules.slot
        end as slot,
        half_life_groups.group_number = 0 as is_first_group,
        half_life_groups.shortest_half_life,
        half_life_groups.shortest_half_life / decaying_rules.half_life_days as pace
    from decaying_rules
    cross join half_life_groups

),

placed_points as (

    select
        subject_points.subject_key,
        grouped_rules.group_number,
        grouped_rules.is_first_group,
        grouped_rules.rule_print,
        grouped_rules.slot,
        grouped_rules.pace,
        subject_points.points,
        {{ decay_block(
            'subject_points.scored_at', 'grouped_rules.shortest_half_life'
        ) }} as block_number,
        {{ decay_position(
            'subject_points.scored_at', 'grouped_rules.shortest_half_life'
        ) }} as block_position,
        subject_points.scored_at
    from subject_points
    inner join grouped_rules
        on subject_points.rule_id = grouped_rules.rule_id

)

select * from placed_points
