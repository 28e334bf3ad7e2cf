-- Grain: one row per lead that had a score by rules at its scoring moment: the last one
-- up to then, which a scoring model must beat.

with

scored_leads as (

    select
        lead_id,
        person_id,
        scored_at
    from {{ ref('int_predictive__scored_leads') }}

),

score_changes as (

    select
        person_id,
        score,
        scored_at
    from {{ ref('fct_lead_score_changes') }}

),

rule_scores as (

    select
        scored_leads.lead_id,
        max_by(score_changes.score, score_changes.scored_at) as rule_score
    from scored_leads
    inner join score_changes
        on
            scored_leads.person_id = score_changes.person_id
            and scored_leads.scored_at >= score_changes.scored_at
    group by scored_leads.lead_id

)

select * from rule_scores
