-- Grain: one row per person or account and moment at which it earned points: what
-- stands of all points just after.

with

counted_points as (

    select * from {{ ref('int_lifecycle__counted_points') }}

),

half_life_groups as (

    select * from {{ ref('int_lifecycle__half_life_groups') }}

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
        coalesce(lead(scored_at) over in_order != scored_at, true) as is_last,
        {{ each_slot(
            "sum(case when slot = {n} then scaled else 0 end) over so_far as sum_{n}"
        ) }}
    from counted_points
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
