-- Grain: one row per lead that is to be scored, with what came of it later.
-- Who has an opportunity by the scoring moment is left out: nothing is left to tell.

with

scoring_moments as (

    select * from {{ ref('int_predictive__scoring_moments') }}

),

opportunity_entries as (

    select
        person_id,
        entered_at
    from {{ ref('fct_stage_transitions') }}
    where
        stage in ('opportunity', 'customer')
        and not is_imputed

),

profiles as (

    select
        person_id,
        account_id,
        segment
    from {{ ref('dim_person_profiles') }}

),

outcomes as (

    select
        scoring_moments.lead_id,
        coalesce(
            bool_or(
                opportunity_entries.entered_at >= scoring_moments.lead_at
                and opportunity_entries.entered_at <= scoring_moments.scored_at
            ), false
        ) as is_converted_before,
        min(
            case
                when opportunity_entries.entered_at > scoring_moments.scored_at
                    then opportunity_entries.entered_at
            end
        ) as opportunity_at
    from scoring_moments
    left join opportunity_entries
        on scoring_moments.person_id = opportunity_entries.person_id
    group by scoring_moments.lead_id

),

scored_leads as (

    select
        scoring_moments.lead_id,
        scoring_moments.person_id,
        profiles.account_id,
        scoring_moments.cycle_number,
        profiles.segment,
        scoring_moments.lead_at,
        scoring_moments.scored_at,
        outcomes.opportunity_at
    from scoring_moments
    inner join profiles
        on scoring_moments.person_id = profiles.person_id
    inner join outcomes
        on scoring_moments.lead_id = outcomes.lead_id
    where not outcomes.is_converted_before

)

select * from scored_leads
