-- Grain: one row per account and scoring rule that gives points at as_of, or did and
-- has faded. The engagement is that of its people.

with

fired_rules as (

    select * from {{ ref('int_lifecycle__fired_rules') }}

),

scoring_rules as (

    select
        rule_id,
        rule,
        dimension
    from {{ ref('scoring_rules') }}

),

scored_subjects as (

    select
        subject_id,
        subject_key
    from {{ ref('int_lifecycle__current_scores') }}
    where subject = 'account'

),

account_score_rules as (

    select
        scored_subjects.subject_id as account_id,
        scoring_rules.rule_id,
        scoring_rules.rule,
        scoring_rules.dimension,
        fired_rules.times_fired,
        fired_rules.points,
        fired_rules.last_fired_at
    from fired_rules
    inner join scoring_rules
        on fired_rules.rule_id = scoring_rules.rule_id
    inner join scored_subjects
        on fired_rules.subject_key = scored_subjects.subject_key

)

select * from account_score_rules
