-- Grain: one row per person or account, moment at which it earned points and group of
-- half-lives: what stands of the points of the group just after.

{{ config(materialized='view') }}

with

counted_points as (

    select * from {{ ref('int_lifecycle__counted_points') }}

),

half_life_groups as (

    select * from {{ ref('int_lifecycle__half_life_groups') }}

),

-- Each row of a moment has what all rules of it gave: any one of them tells.
summed_points as (

    select
        subject_key,
        is_account,
        group_number,
        is_moment,
        counted_position,
        scored_at,
        coalesce(lead(scored_at) over in_order != scored_at, true) as is_last,
        sum(points) over of_moment as earned_points,
        bit_xor(rule_print) over of_moment as rules_print,
        {{ each_slot(
            "sum(case when slot = {n} then scaled end) over so_far as sum_{n}"
        ) }}
    from counted_points
    window
        in_order as (
            partition by subject_key, group_number, counted_in_block
            order by scored_at
        ),
        of_moment as (
            partition by subject_key, group_number, counted_in_block
            order by scored_at
            range between current row and current row
        ),
        so_far as (
            partition by subject_key, group_number, counted_in_block
            order by scored_at
            range between unbounded preceding and current row
        )

),

faded_points as (

    select
        summed_points.subject_key,
        summed_points.is_account,
        summed_points.group_number,
        summed_points.earned_points,
        summed_points.rules_print,
        {{ each_slot('half_life_groups.is_intent_{n}') }},
        {{ each_slot(faded_sum('{n}') ~ ' as points_{n}') }},
        summed_points.scored_at
    from summed_points
    inner join half_life_groups
        on summed_points.group_number = half_life_groups.group_number
    where summed_points.is_moment and summed_points.is_last

),

group_standings as (

    select
        subject_key,
        is_account,
        group_number,
        earned_points,
        rules_print,
        {{ each_slot('coalesce(points_{n} * (1 - is_intent_{n}), 0)', ' + ') }}
            as engagement_points,
        {{ each_slot('coalesce(points_{n} * is_intent_{n}, 0)', ' + ') }}
            as intent_points,
        scored_at
    from faded_points

)

select * from group_standings
