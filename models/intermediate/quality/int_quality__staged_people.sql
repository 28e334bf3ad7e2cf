-- Grain: one row per staged record of a person.

{{ config(materialized='view') }}

with

generic_people as (

    select
        person_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of,
        created_at,
        updated_at
    from {{ ref('stg_generic__people') }}

),

salesforce_people as (

    select
        person_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of,
        created_at,
        updated_at
    from {{ ref('stg_salesforce__people') }}

),

hubspot_people as (

    select
        person_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of,
        created_at,
        updated_at
    from {{ ref('stg_hubspot__people') }}

),

marketo_people as (

    select
        person_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of,
        created_at,
        updated_at
    from {{ ref('stg_marketo__people') }}

),

staged_people as (

    select * from generic_people
    union all
    select * from salesforce_people
    union all
    select * from hubspot_people
    union all
    select * from marketo_people

)

select * from staged_people
