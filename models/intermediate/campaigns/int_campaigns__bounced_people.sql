-- Grain: one row per golden person whose address in use bounced hard up to as_of.
-- A bounce names an address, or a record and thereby its address.

with

hard_bounces as (

    select
        person_record_id,
        email,
        occurred_at
    from {{ ref('int_campaigns__email_events') }}
    where
        event_type = 'bounce'
        and bounce_type = 'hard'
        and occurred_at <= {{ as_of() }}

),

person_records as (

    select
        person_record_id,
        person_id,
        email
    from {{ ref('int_campaigns__person_records') }}

),

profiles as (

    select
        person_id,
        email
    from {{ ref('dim_person_profiles') }}
    where email is not null

),

record_bounces as (

    select
        person_records.person_id,
        coalesce(hard_bounces.email, person_records.email) as email,
        hard_bounces.occurred_at
    from hard_bounces
    inner join person_records
        on hard_bounces.person_record_id = person_records.person_record_id

),

address_bounces as (

    select
        person_records.person_id,
        hard_bounces.email,
        hard_bounces.occurred_at
    from hard_bounces
    inner join person_records
        on hard_bounces.email = person_records.email

),

bounces as (

    select * from record_bounces
    union all
    select * from address_bounces

),

bounced_people as (

    select
        bounces.person_id,
        max(bounces.occurred_at) as bounced_at
    from bounces
    inner join profiles
        on
            bounces.person_id = profiles.person_id
            and bounces.email = profiles.email
    group by bounces.person_id

)

select * from bounced_people
