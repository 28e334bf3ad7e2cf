-- Grain: one row per account and moment at which a touch of its people or an intent
-- signal fired a scoring rule: the score just after, and whether it made an MQA.

with

score_moments as (

    select * from {{ ref('int_lifecycle__score_moments') }}
    where subject = 'account'

),

mqa_definitions as (

    select * from {{ ref('mqa_definitions') }}

),

account_score_changes as (

    select
        score_moments.subject_id as account_id,
        score_moments.definition_version,
        score_moments.grade,
        score_moments.rule_ids,
        {{ is_mqa('score_moments', 'score_moments') }} as is_mqa,
        score_moments.engaged_people,
        score_moments.earned_points,
        score_moments.engagement_points,
        score_moments.intent_points,
        score_moments.fit_points,
        score_moments.score,
        score_moments.scored_at
    from score_moments
    left join mqa_definitions
        on score_moments.definition_version = mqa_definitions.definition_version

)

select * from account_score_changes
