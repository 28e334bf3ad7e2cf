-- Grain: one row per activity of any source that had happened by as_of, and person
-- record that it was with.

{{ config(materialized='view') }}

with

generic_activities as (

    select * from {{ ref('stg_generic__activities') }}

),

salesforce_activities as (

    select * from {{ ref('stg_salesforce__activities') }}

),

hubspot_activities as (

    select * from {{ ref('stg_hubspot__activities') }}

),

marketo_activities as (

    select * from {{ ref('stg_marketo__activities') }}

),

staged_activities as (

    select * from generic_activities
    union all
    select * from salesforce_activities
    union all
    select * from hubspot_activities
    union all
    select * from marketo_activities

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

activities as (

    select
        staged_activities.activity_id,
        staged_activities.source,
        staged_activities.person_record_id,
        person_records.person_id,
        staged_activities.opportunity_id,
        staged_activities.user_id,
        staged_activities.activity_type,
        staged_activities.direction,
        staged_activities.occurred_at
    from staged_activities
    left join person_records
        on staged_activities.person_record_id = person_records.person_record_id
    where staged_activities.occurred_at <= {{ as_of() }}

)

select * from activities
