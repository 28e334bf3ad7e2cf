-- Grain: one row per person record by all that landed, with the golden person.
-- A view, not bound to as_of: a record that no build has seen stands for a person of
-- its own. Deleted records that belong to nobody are left out.

{{ config(materialized='view') }}

with

generic_people as (

    select * from {{ ref('stg_generic__people') }}

),

salesforce_people as (

    select * from {{ ref('stg_salesforce__people') }}

),

hubspot_people as (

    select * from {{ ref('stg_hubspot__people') }}

),

marketo_people as (

    select * from {{ ref('stg_marketo__people') }}

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

bridge as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

profiles as (

    select
        person_id,
        email
    from {{ ref('dim_person_profiles') }}

),

landed_people as (

    select
        people.person_record_id,
        coalesce(bridge.person_id, people.person_record_id) as person_id,
        people.email,
        case when bridge.person_id is null then people.email else profiles.email end
            as email_in_use,
        coalesce(people.has_opted_out, false) as has_opted_out,
        people.email_bounced_at is not null as is_bounced
    from people
    left join bridge
        on people.person_record_id = bridge.person_record_id
    left join profiles
        on bridge.person_id = profiles.person_id
    where bridge.person_id is not null or not people.is_deleted

)

select * from landed_people
