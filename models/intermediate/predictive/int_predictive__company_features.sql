-- Grain: one row per lead and feature of its company that is not zero.
-- Whole days before that of the scoring moment count, so that nothing after it can.

with

scored_leads as (

    select
        lead_id,
        person_id,
        cast(scored_at as date) as scored_on
    from {{ ref('int_predictive__scored_leads') }}

),

profiles as (

    select
        person_id,
        email_domain
    from {{ ref('dim_person_profiles') }}
    where email_domain is not null

),

company_days as (

    select * from {{ ref('int_predictive__company_days') }}

),

features as (

    select
        feature,
        measure,
        coalesce(window_days, 36500) as window_days
    from {{ ref('score_features') }}
    where family = 'company'

),

company_features as (

    select
        scored_leads.lead_id,
        features.feature,
        case
            when features.measure = 'intent' then max(company_days.amount)
            else sum(company_days.amount)
        end as number_value
    from scored_leads
    inner join profiles
        on scored_leads.person_id = profiles.person_id
    inner join company_days
        on
            profiles.email_domain = company_days.domain
            and scored_leads.scored_on > company_days.day
    inner join features
        on
            company_days.measure = features.measure
            and company_days.day + features.window_days * interval '1' day
            >= scored_leads.scored_on
    group by
        scored_leads.lead_id,
        features.feature,
        features.measure

)

select * from company_features
