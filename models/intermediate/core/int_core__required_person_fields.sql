-- Grain: one row in all: which fields policy requires of a person at as_of.

{{ config(materialized='view') }}

with

required_fields as (

    select field
    from {{ ref('required_fields') }}
    where
        entity = 'people'
        and {{ in_force() }}

),

required_person_fields as (

    select
        count_if(field = 'email') > 0 as needs_email,
        count_if(field = 'first_name') > 0 as needs_first_name,
        count_if(field = 'last_name') > 0 as needs_last_name,
        count_if(field = 'title') > 0 as needs_title,
        count_if(field = 'phone') > 0 as needs_phone,
        count_if(field = 'company_name') > 0 as needs_company_name,
        count_if(field = 'country') > 0 as needs_country,
        count_if(field = 'lead_source') > 0 as needs_lead_source,
        count_if(field = 'owner_id') > 0 as needs_owner_id
    from required_fields

)

select * from required_person_fields
