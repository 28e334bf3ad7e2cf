-- Grain: one row per address, with the contact that it stands for.
-- Of several contacts with one address it is the one that is alive and was first.

with

people as (

    select * from {{ ref('stg_hubspot__people') }}
    where email is not null

),

contact_addresses as (

    select
        email,
        person_record_id
    from people
    qualify
        row_number() over (
            partition by email
            order by
                is_deleted asc,
                (merged_into_record_id is not null) asc,
                created_at asc nulls last,
                person_record_id asc
        ) = 1

)

select * from contact_addresses
