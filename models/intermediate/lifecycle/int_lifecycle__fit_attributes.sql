-- Grain: one row per person or account: what fit rules may ask of it, as known today.

{{ config(materialized='view') }}

with

person_attributes as (

    select * from {{ ref('int_lifecycle__person_attributes') }}

),

people as (

    select
        person_id,
        is_customer
    from {{ ref('dim_people') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

fit_attributes as (

    select
        'person' as subject,
        person_attributes.person_id as subject_id,
        {{ number_key('person_attributes.person_id') }} as subject_key,
        person_attributes.email_domain,
        person_attributes.title,
        person_attributes.seniority,
        person_attributes.lead_source,
        person_attributes.country,
        person_attributes.segment,
        people.is_customer,
        person_attributes.is_freemail,
        person_attributes.industry,
        person_attributes.territory,
        person_attributes.employee_count,
        person_attributes.annual_revenue_usd
    from person_attributes
    inner join people
        on person_attributes.person_id = people.person_id
    union all
    select
        'account' as subject,
        account_id as subject_id,
        {{ scored_account_key('account_id') }} as subject_key,
        domain as email_domain,
        cast(null as string) as title,
        cast(null as string) as seniority,
        cast(null as string) as lead_source,
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
