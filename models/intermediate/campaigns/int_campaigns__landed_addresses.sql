-- Grain: one row per person record by all that landed and address that the record has.

{{ config(materialized='view') }}

with

landed_people as (

    select * from {{ ref('int_campaigns__landed_people') }}

),

additional_addresses as (

    select * from {{ ref('stg_hubspot__additional_addresses') }}

),

landed_addresses as (

    select
        person_record_id,
        person_id,
        email,
        email_in_use
    from landed_people
    where email is not null
    union
    select
        landed_people.person_record_id,
        landed_people.person_id,
        additional_addresses.email,
        landed_people.email_in_use
    from landed_people
    inner join additional_addresses
        on landed_people.person_record_id = additional_addresses.person_record_id

)

select * from landed_addresses
