-- Grain: one row per opportunity and person record that is named on it: a contact role,
-- or the lead that was converted into it.

{{ config(materialized='view') }}

with

generic_contacts as (

    select * from {{ ref('stg_generic__opportunity_contacts') }}

),

salesforce_contacts as (

    select * from {{ ref('stg_salesforce__opportunity_contacts') }}

),

hubspot_contacts as (

    select * from {{ ref('stg_hubspot__opportunity_contacts') }}

),

converted_records as (

    select
        converted_opportunity_id as opportunity_id,
        person_record_id,
        source,
        'converted_lead' as role,
        false as is_primary
    from {{ ref('int_core__person_records') }}
    where converted_opportunity_id is not null

),

opportunity_contacts as (

    select * from generic_contacts
    union all
    select * from salesforce_contacts
    union all
    select * from hubspot_contacts
    union all
    select * from converted_records

)

select * from opportunity_contacts
