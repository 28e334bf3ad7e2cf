-- Grain: one row per person and moment at which a touch fired a scoring rule: the score
-- just after.

with

score_moments as (

    select * from {{ ref('int_lifecycle__score_moments') }}
    where subject = 'person'

),

lead_score_changes as (

    select
        subject_id as person_id,
        grade,
        rule_ids,
        earned_points,
        engagement_points,
        fit_points,
        score,
        scored_at
    from score_moments

)

select * from lead_score_changes
