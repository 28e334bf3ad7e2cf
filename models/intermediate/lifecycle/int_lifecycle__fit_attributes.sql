-- Grain: one row per person or account: what fit rules may ask of it, as known today.

{{ config(materialized='view') }}

with

people as (

    select * from {{ ref('dim_people') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

freemail_domains as (

    select domain from {{ ref('freemail_domains') }}

),

fit_attributes as (

    select
        'person' as subject,
        people.person_id as subject_id,
        people.email_domain,
        people.title,
        people.seniority,
        people.lead_source,
        people.country,
        people.segment,
        people.is_customer,
        case
            when people.email_domain is not null
                then freemail_domains.domain is not null
        end as is_freemail,
        accounts.industry,
        accounts.territory,
        accounts.employee_count,
        accounts.annual_revenue_usd
    from people
    left join accounts
        on people.account_id = accounts.account_id
    left join freemail_domains
        on people.email_domain = freemail_domains.domain
    union all
    select
        'account' as subject,
        account_id as subject_id,
        domain as email_domain,
        cast(null as varchar) as title,
        cast(null as varchar) as seniority,
        cast(null as varchar) as lead_source,
        country,
        segment,
        is_customer,
        cast(null as boolean) as is_freemail,
        industry,
        territory,
        employee_count,
        annual_revenue_usd
    from accounts

)

select * from fit_attributes
