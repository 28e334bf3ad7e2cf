-- Grain: one row per lead (person and cycle) whose scoring moment has come.
-- Where no model is in force there is no moment, and nothing to compute.

with

leads as (

    select
        funnel_cycle_id,
        person_id,
        cycle_number,
        lead_at
    from {{ ref('fct_lead_funnel') }}

),

model_in_force as (

    select after_days
    from {{ ref('int_predictive__model_in_force') }}

),

scoring_moments as (

    select
        leads.funnel_cycle_id as lead_id,
        leads.person_id,
        leads.cycle_number,
        leads.lead_at,
        leads.lead_at + model_in_force.after_days * interval '1' day as scored_at
    from leads
    cross join model_in_force

),

moments_come as (

    select * from scoring_moments
    where scored_at <= {{ as_of() }}

)

select * from moments_come
