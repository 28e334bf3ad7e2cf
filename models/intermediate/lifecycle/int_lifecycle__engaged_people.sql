-- Grain: one row per account and moment at which it earned points: what stood just
-- after, and how many of its people the MQA definition in force then calls engaged.

{{ config(materialized='view') }}

with

mqa_definitions as (

    select
        definition_version,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('mqa_definitions') }}

),

engagement_changes as (

    select * from {{ ref('int_lifecycle__engagement_changes') }}

),

score_standings as (

    select * from {{ ref('int_lifecycle__score_standings') }}
    where is_account

),

-- At one moment people become engaged first, are counted then, and cease last.
all_moments as (

    select
        score_standings.subject_key as account_key,
        mqa_definitions.effective_from,
        cast(null as integer) as people,
        2 as step,
        score_standings.earned_points,
        score_standings.rules_print,
        score_standings.engagement_points,
        score_standings.intent_points,
        score_standings.scored_at
    from score_standings
    left join mqa_definitions
        on
            {{ reporting_date('score_standings.scored_at') }}
            >= mqa_definitions.effective_from
            and {{ reporting_date('score_standings.scored_at') }}
            < mqa_definitions.effective_to
    union all
    select
        account_key,
        effective_from,
        people,
        2 - people as step,
        cast(null as double) as earned_points,
        cast(null as bigint) as rules_print,
        cast(null as double) as engagement_points,
        cast(null as double) as intent_points,
        changed_at as scored_at
    from engagement_changes

),

counted_people as (

    select
        *,
        sum(people) over (
            partition by account_key, effective_from
            order by scored_at, step
            rows between unbounded preceding and current row
        ) as engaged_people
    from all_moments

),

engaged_people as (

    select
        counted_people.account_key,
        mqa_definitions.definition_version,
        cast(coalesce(counted_people.engaged_people, 0) as bigint) as engaged_people,
        counted_people.earned_points,
        counted_people.rules_print,
        counted_people.engagement_points,
        counted_people.intent_points,
        counted_people.scored_at
    from counted_people
    left join mqa_definitions
        on counted_people.effective_from = mqa_definitions.effective_from
    where counted_people.people is null

)

select * from engaged_people
