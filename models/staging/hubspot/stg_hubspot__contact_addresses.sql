-- Grain: one row per address, with the contact that it stands for.
-- Of several contacts with one address it is the one that is alive, has it as its main
-- address and was first.

with

people as (

    select * from {{ ref('stg_hubspot__people') }}

),

additional_addresses as (

    select * from {{ ref('stg_hubspot__additional_addresses') }}

),

addresses as (

    select
        email,
        person_record_id,
        true as is_main
    from people
    where email is not null
    union all
    select
        email,
        person_record_id,
        false as is_main
    from additional_addresses

),

contact_addresses as (

    select
        addresses.email,
        addresses.person_record_id
    from addresses
    inner join people
        on addresses.person_record_id = people.person_record_id
    qualify
        row_number() over (
            partition by addresses.email
            order by
                people.is_deleted asc,
                (people.merged_into_record_id is not null) asc,
                addresses.is_main desc,
                people.created_at asc nulls last,
                addresses.person_record_id asc
        ) = 1

)

select * from contact_addresses
