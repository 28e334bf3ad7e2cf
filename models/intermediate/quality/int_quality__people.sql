-- Grain: one row per golden person: what quality is cut by, and the flags it rests on.
-- A table, because eight models read it.

with

people as (

    select * from {{ ref('dim_people') }}

),

profiles as (

    select
        person_id,
        is_email_usable,
        email_bounced_at
    from {{ ref('dim_person_profiles') }}

),

master_records as (

    select
        person_id,
        source
    from {{ ref('bridge_person_records') }}
    where is_master

),

judged_people as (

    select
        people.person_id,
        people.account_id,
        coalesce(people.owner_id, 'unknown') as owner_id,
        master_records.source,
        people.segment,
        people.is_complete,
        people.is_enriched,
        profiles.is_email_usable,
        people.created_at,
        profiles.email_bounced_at
    from people
    inner join profiles
        on people.person_id = profiles.person_id
    inner join master_records
        on people.person_id = master_records.person_id

)

select * from judged_people
