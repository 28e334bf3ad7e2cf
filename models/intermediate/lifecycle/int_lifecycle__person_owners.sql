-- Grain: one row per person and owner of one of the person's records, queues left out.

{{ config(materialized='view') }}

with

generic_people as (

    select
        person_record_id,
        owner_id
    from {{ ref('stg_generic__people') }}

),

salesforce_people as (

    select
        person_record_id,
        owner_id
    from {{ ref('stg_salesforce__people') }}

),

hubspot_people as (

    select
        person_record_id,
        owner_id
    from {{ ref('stg_hubspot__people') }}

),

marketo_people as (

    select
        person_record_id,
        owner_id
    from {{ ref('stg_marketo__people') }}

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

short_rep_keys as (

    select * from {{ ref('int_lifecycle__short_rep_keys') }}

),

owned_records as (

    select * from generic_people
    union all
    select * from salesforce_people
    union all
    select * from hubspot_people
    union all
    select * from marketo_people

),

person_owners as (

    select
        person_records.person_id,
        coalesce(short_rep_keys.rep_id, owned_records.owner_id) as owner_id
    from owned_records
    inner join person_records
        on owned_records.person_record_id = person_records.person_record_id
    left join short_rep_keys
        on
            {{ has_short_key('owned_records.owner_id', 'short_rep_keys.short_key') }}
    where
        owned_records.owner_id is not null
        and owned_records.owner_id not like 'salesforce:00G%'
    group by
        person_records.person_id,
        coalesce(short_rep_keys.rep_id, owned_records.owner_id)

)

select * from person_owners
