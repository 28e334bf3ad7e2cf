-- Grain: one row per golden person whose address in use bounced hard, of all landed.
-- A bounce names an address, or a record and thereby its address; so does a record.

{{ config(materialized='view') }}

with

hard_bounces as (

    select
        person_record_id,
        email
    from {{ ref('int_campaigns__email_events') }}
    where event_type = 'bounce' and bounce_type = 'hard'

),

landed_people as (

    select * from {{ ref('int_campaigns__landed_people') }}

),

bounced_addresses as (

    select email
    from hard_bounces
    where email is not null
    union
    select email
    from landed_people
    where is_bounced and email is not null

),

bounced_people as (

    select landed_people.person_id
    from landed_people
    inner join bounced_addresses
        on landed_people.email_in_use = bounced_addresses.email
    union
    select landed_people.person_id
    from landed_people
    inner join hard_bounces
        on landed_people.person_record_id = hard_bounces.person_record_id
    where
        coalesce(hard_bounces.email, landed_people.email)
        = landed_people.email_in_use

)

select * from bounced_people
