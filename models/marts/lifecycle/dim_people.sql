-- Grain: one row per golden person: profile, consent, first touch and lifecycle stage.
-- A customer is whoever reached the customer stage or belongs to a customer's account.

with

profiles as (

    select * from {{ ref('dim_person_profiles') }}

),

consents as (

    select
        person_id,
        is_suppressed,
        suppression_reason,
        is_marketable
    from {{ ref('dim_person_consents') }}

),

first_touches as (

    select
        person_id,
        first_touch_at
    from {{ ref('int_lifecycle__first_touches') }}

),

customer_accounts as (

    select account_id
    from {{ ref('dim_accounts') }}
    where is_customer

),

person_stages as (

    select
        person_id,
        max(case when is_current then stage end) as lifecycle_stage,
        bool_or(stage = 'customer') as is_customer,
        min(case when stage = 'mql' and not is_imputed then entered_at end) as mql_at
    from {{ ref('fct_stage_transitions') }}
    group by person_id

),

people as (

    select
        profiles.person_id,
        profiles.account_id,
        profiles.owner_id,
        profiles.email,
        profiles.email_domain,
        profiles.first_name,
        profiles.last_name,
        profiles.title,
        profiles.seniority,
        profiles.company_name,
        profiles.country,
        profiles.segment,
        profiles.lead_source,
        person_stages.lifecycle_stage,
        consents.suppression_reason,
        coalesce(person_stages.is_customer, false)
        or customer_accounts.account_id is not null as is_customer,
        consents.is_marketable,
        consents.is_suppressed,
        profiles.is_complete,
        profiles.is_enriched,
        profiles.record_count,
        profiles.created_at,
        first_touches.first_touch_at,
        person_stages.mql_at,
        {{ number_key('profiles.person_id') }} as person_key,
        {{ number_key('profiles.account_id') }} as account_key
    from profiles
    inner join consents
        on profiles.person_id = consents.person_id
    left join first_touches
        on profiles.person_id = first_touches.person_id
    left join customer_accounts
        on profiles.account_id = customer_accounts.account_id
    left join person_stages
        on profiles.person_id = person_stages.person_id

)

select * from people
