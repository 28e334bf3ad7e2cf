-- Grain: one row per person: what rules may ask of them but the stage, as known today.

{{ config(materialized='view') }}

with

profiles as (

    select * from {{ ref('dim_person_profiles') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

freemail_domains as (

    select domain from {{ ref('freemail_domains') }}

),

person_attributes as (

    select
        profiles.person_id,
        profiles.email_domain,
        profiles.title,
        profiles.seniority,
        profiles.lead_source,
        profiles.country,
        profiles.segment,
        case
            when profiles.email_domain is not null
                then freemail_domains.domain is not null
        end as is_freemail,
        accounts.industry,
        accounts.territory,
        accounts.employee_count,
        accounts.annual_revenue_usd
    from profiles
    left join accounts
        on profiles.account_id = accounts.account_id
    left join freemail_domains
        on profiles.email_domain = freemail_domains.domain

)

select * from person_attributes
