-- Grain: one row per person record with a status: the one that it has now.
-- A lead without history is where its source's staging says it is, by the clock that
-- staging found for it; of any other record the status field is read.

{{ config(materialized='view') }}

with

generic_people as (

    select
        person_record_id,
        source,
        status,
        created_at,
        updated_at,
        converted_at
    from {{ ref('stg_generic__people') }}
    where status is not null

),

salesforce_people as (

    select
        person_record_id,
        source,
        status,
        created_at,
        updated_at,
        converted_at
    from {{ ref('stg_salesforce__people') }}
    where status is not null

),

hubspot_people as (

    select
        person_record_id,
        source,
        status,
        created_at,
        updated_at,
        converted_at
    from {{ ref('stg_hubspot__people') }}
    where status is not null

),

marketo_people as (

    select
        person_record_id,
        source,
        status,
        created_at,
        updated_at,
        converted_at
    from {{ ref('stg_marketo__people') }}
    where status is not null

),

current_events as (

    select
        person_record_id,
        source,
        stage_value as status,
        entered_at as changed_at,
        1 as reading
    from {{ ref('int_lifecycle__source_events') }}
    where evidence = 'current_status'

),

people as (

    select * from generic_people
    union all
    select * from salesforce_people
    union all
    select * from hubspot_people
    union all
    select * from marketo_people

),

statuses as (

    select * from current_events
    union all
    select
        person_record_id,
        source,
        status,
        -- A conversion freezes the status; whatever touches the record later does not.
        case
            when converted_at is not null
                then greatest(converted_at, coalesce(created_at, converted_at))
            else updated_at
        end as changed_at,
        2 as reading
    from people

),

record_statuses as (

    select
        person_record_id,
        source,
        status,
        changed_at
    from statuses
    qualify
        row_number() over (
            partition by person_record_id
            order by
                reading asc,
                changed_at desc nulls last,
                status asc
        ) = 1

)

select * from record_statuses
