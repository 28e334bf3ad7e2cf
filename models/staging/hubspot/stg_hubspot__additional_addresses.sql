-- Grain: one row per contact and further address that HubSpot keeps of it.

with

contacts as (

    select
        id,
        property_hs_additional_emails as emails
    from {{ source('hubspot', 'contact') }}
    where trim(property_hs_additional_emails) != ''

),

listed_addresses as (

    select
        {{ source_key('hubspot', 'contacts.id') }} as person_record_id,
        {{ normalise_email(listed_id('contacts.emails', 'numbers.number')) }} as email
    from contacts
    inner join range({{ max_listed_ids() }}) as numbers (number)
        on {{ listed_id_count('contacts.emails') }} > numbers.number

),

additional_addresses as (

    select
        person_record_id,
        email
    from listed_addresses
    where email is not null
    group by
        person_record_id,
        email

)

select * from additional_addresses
