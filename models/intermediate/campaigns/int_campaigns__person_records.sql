-- Grain: one row per person record of a golden person, with its account and address.

with

generic_people as (

    select
        person_record_id,
        source,
        email,
        has_opted_out
    from {{ ref('stg_generic__people') }}

),

salesforce_people as (

    select
        person_record_id,
        source,
        email,
        has_opted_out
    from {{ ref('stg_salesforce__people') }}

),

hubspot_people as (

    select
        person_record_id,
        source,
        email,
        has_opted_out
    from {{ ref('stg_hubspot__people') }}

),

marketo_people as (

    select
        person_record_id,
        source,
        email,
        has_opted_out
    from {{ ref('stg_marketo__people') }}

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
        account_id
    from {{ ref('dim_person_profiles') }}

),

person_records as (

    select
        bridge.person_record_id,
        bridge.person_id,
        profiles.account_id,
        people.source,
        people.email,
        coalesce(people.has_opted_out, false) as has_opted_out
    from bridge
    inner join profiles
        on bridge.person_id = profiles.person_id
    inner join people
        on bridge.person_record_id = people.person_record_id

)

select * from person_records
