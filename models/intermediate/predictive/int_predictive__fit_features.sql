-- Grain: one row per lead and feature of fit: who the person is.
-- These do not move with a lead: what is known of them today is taken as known then.

with

scored_leads as (

    select
        lead_id,
        person_id,
        account_id
    from {{ ref('int_predictive__scored_leads') }}

),

profiles as (

    select
        person_id,
        email,
        email_domain,
        seniority,
        country,
        segment,
        lead_source
    from {{ ref('dim_person_profiles') }}

),

accounts as (

    select
        account_id,
        industry
    from {{ ref('dim_accounts') }}

),

freemail_domains as (

    select domain
    from {{ ref('freemail_domains') }}

),

role_mailboxes as (

    select local_part
    from {{ ref('role_mailboxes') }}

),

features as (

    select
        feature,
        measure
    from {{ ref('score_features') }}
    where kind = 'text'

),

described_leads as (

    select
        scored_leads.lead_id,
        profiles.seniority,
        profiles.country,
        nullif(profiles.segment, 'unknown') as segment,
        profiles.lead_source,
        accounts.industry,
        case
            when profiles.email is null then null
            when role_mailboxes.local_part is not null then 'role'
            when freemail_domains.domain is not null then 'freemail'
            else 'work'
        end as email_kind
    from scored_leads
    inner join profiles
        on scored_leads.person_id = profiles.person_id
    left join accounts
        on scored_leads.account_id = accounts.account_id
    left join freemail_domains
        on profiles.email_domain = freemail_domains.domain
    left join role_mailboxes
        on split_part(profiles.email, '@', 1) = role_mailboxes.local_part

),

fit_features as (

    select
        described_leads.lead_id,
        features.feature,
        coalesce(
            lower(trim(case features.measure
                when 'seniority' then described_leads.seniority
                when 'country' then described_leads.country
                when 'segment' then described_leads.segment
                when 'lead_source' then described_leads.lead_source
                when 'industry' then described_leads.industry
                when 'email_kind' then described_leads.email_kind
            end)), '(unknown)'
        ) as text_value
    from described_leads
    cross join features

)

select * from fit_features
