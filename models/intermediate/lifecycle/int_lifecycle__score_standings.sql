-- Grain: one row per person or account and moment at which it earned points: what
-- stands of all points just after.

with

first_groups as (

    select * from {{ ref('int_lifecycle__group_standings') }}
    where group_number = 0

),

-- Few policies have so many half-lives that there is another group.
other_groups as (

    select
        subject_key,
        cast(sum({{ exact_points('engagement_points') }}) as double)
            as engagement_points,
        cast(sum({{ exact_points('intent_points') }}) as double) as intent_points,
        scored_at
    from {{ ref('int_lifecycle__group_standings') }}
    where group_number > 0
    group by
        subject_key,
        scored_at

),

score_standings as (

    select
        first_groups.subject_key,
        first_groups.is_account,
        cast(first_groups.earned_points as double) as earned_points,
        first_groups.rules_print,
        {{ rounded('(
            first_groups.engagement_points
            + coalesce(other_groups.engagement_points, 0)
        )', 12) }} as engagement_points,
        {{ rounded('(
            first_groups.intent_points + coalesce(other_groups.intent_points, 0)
        )', 12) }} as intent_points,
        first_groups.scored_at
    from first_groups
    left join other_groups
        on
            first_groups.subject_key = other_groups.subject_key
            and first_groups.scored_at = other_groups.scored_at

)

select * from score_standings
