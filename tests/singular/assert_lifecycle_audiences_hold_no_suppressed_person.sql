-- Nobody who is suppressed or not marketable is in an audience, nor is the address of
-- anybody who is suppressed.

with

named_people as (

    select person_id
    from {{ ref('audience_marketable_people') }}
    union all
    select person_id
    from {{ ref('audience_members') }}

),

consents as (

    select
        person_id,
        is_suppressed,
        is_address_suppressed,
        is_marketable
    from {{ ref('dim_person_consents') }}

),

faults as (

    select
        named_people.person_id,
        consents.is_suppressed,
        consents.is_address_suppressed,
        consents.is_marketable
    from named_people
    left join consents
        on named_people.person_id = consents.person_id
    where
        not coalesce(consents.is_marketable, false)
        or coalesce(consents.is_suppressed, true)
        or coalesce(consents.is_address_suppressed, true)

)

select * from faults
