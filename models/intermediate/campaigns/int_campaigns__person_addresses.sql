-- Grain: one row per person record of a golden person and address that the record has.
-- HubSpot keeps further addresses of a contact beside its main one.

{{ config(materialized='view') }}

with

person_records as (

    select * from {{ ref('int_campaigns__person_records') }}

),

additional_addresses as (

    select * from {{ ref('stg_hubspot__additional_addresses') }}

),

person_addresses as (

    select
        person_record_id,
        person_id,
        email
    from person_records
    where email is not null
    union
    select
        person_records.person_record_id,
        person_records.person_id,
        additional_addresses.email
    from person_records
    inner join additional_addresses
        on person_records.person_record_id = additional_addresses.person_record_id

)

select * from person_addresses
