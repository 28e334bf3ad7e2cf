-- Grain: one row per golden person whom marketing may e-mail.
-- An address that a suppressed person has, too, is in no audience.

with

people as (

    select * from {{ ref('dim_people') }}
    where is_marketable and not is_suppressed

),

shared_addresses as (

    select person_id
    from {{ ref('dim_person_consents') }}
    where is_address_suppressed

),

accounts as (

    select
        account_id,
        industry,
        territory,
        employee_count,
        annual_revenue_usd,
        intent_score
    from {{ ref('dim_accounts') }}

),

marketable_people as (

    select
        people.person_id,
        people.account_id,
        people.owner_id,
        people.email,
        people.email_domain,
        people.first_name,
        people.last_name,
        people.title,
        people.seniority,
        people.company_name,
        people.country,
        accounts.industry,
        accounts.territory,
        people.segment,
        people.lead_source,
        people.lifecycle_stage,
        people.is_customer,
        people.is_complete,
        people.is_enriched,
        people.record_count,
        accounts.employee_count,
        accounts.annual_revenue_usd,
        accounts.intent_score,
        people.created_at,
        people.first_touch_at,
        people.mql_at
    from people
    left join accounts
        on people.account_id = accounts.account_id
    left join shared_addresses
        on people.person_id = shared_addresses.person_id
    where shared_addresses.person_id is null

)

select * from marketable_people
