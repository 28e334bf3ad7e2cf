-- Grain: one row per opportunity and golden person named on it.
-- The primary person is the primary contact, else a contact, else the converted lead;
-- among equals the person who was created first.

with

opportunities as (

    select opportunity_id
    from {{ ref('int_core__opportunities') }}
    where not is_deleted

),

opportunity_contacts as (

    select
        opportunity_id,
        person_record_id,
        role,
        is_primary
    from {{ ref('int_core__opportunity_contacts') }}

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

people as (

    select
        person_id,
        created_at
    from {{ ref('int_core__golden_people') }}

),

named_people as (

    select
        opportunity_contacts.opportunity_id,
        person_records.person_id,
        opportunity_contacts.role,
        people.created_at,
        case
            when opportunity_contacts.is_primary then 1
            when coalesce(opportunity_contacts.role, '') != 'converted_lead' then 2
            else 3
        end as naming_rank
    from opportunity_contacts
    inner join opportunities
        on opportunity_contacts.opportunity_id = opportunities.opportunity_id
    inner join person_records
        on opportunity_contacts.person_record_id = person_records.person_record_id
    inner join people
        on person_records.person_id = people.person_id

),

opportunity_people as (

    select
        opportunity_id,
        person_id,
        role,
        created_at,
        naming_rank
    from named_people
    qualify row_number() over (
        partition by opportunity_id, person_id
        order by naming_rank asc, role asc nulls last
    ) = 1

),

ranked_people as (

    select
        opportunity_id,
        person_id,
        role,
        row_number() over (
            partition by opportunity_id
            order by naming_rank asc, created_at asc nulls last, person_id asc
        ) = 1 as is_primary
    from opportunity_people

)

select * from ranked_people
