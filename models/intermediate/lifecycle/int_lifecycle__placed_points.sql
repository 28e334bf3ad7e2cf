-- Grain: one row per decaying rule, person or account, moment of points and group of
-- half-lives: what the rule gives to the group, nothing if its half-life is of another.
-- Half-lives are those of the shortest in the group.

{{ config(materialized='view') }}

with

all_moments as (

    select
        min(scored_at) as first_at,
        max(scored_at) as last_at
    from {{ ref('int_lifecycle__subject_points') }}

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
        half_life_groups.shortest_half_life,
        half_life_groups.shortest_half_life / decaying_rules.half_life_days as pace,
        {{ decay_block('all_moments.first_at', 'half_life_groups.shortest_half_life') }}
            as first_block,
        {{ decay_block('all_moments.last_at', 'half_life_groups.shortest_half_life') }}
            as last_block
    from decaying_rules
    cross join half_life_groups
    cross join all_moments

),

placed_points as (

    select
        subject_points.subject_key,
        subject_points.subject = 'account' as is_account,
        grouped_rules.group_number,
        grouped_rules.rule_print,
        grouped_rules.slot,
        grouped_rules.pace,
        subject_points.points,
        {{ decay_block(
            'subject_points.scored_at', 'grouped_rules.shortest_half_life'
        ) }} as block_number,
        grouped_rules.first_block,
        grouped_rules.last_block,
        {{ decay_position(
            'subject_points.scored_at', 'grouped_rules.shortest_half_life'
        ) }} as block_position,
        subject_points.scored_at
    from {{ ref('int_lifecycle__subject_points') }} as subject_points
    inner join grouped_rules
        on subject_points.rule_id = grouped_rules.rule_id

)

select * from placed_points
