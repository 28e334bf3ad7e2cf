-- Grain: one row per person record, with the group of records that share its address.
-- A group is named for its earliest record; a record whose address identifies nobody is
-- a group of its own.

with

person_records as (

    select
        person_record_id,
        email,
        created_at,
        converted_contact_record_id,
        merged_into_record_id
    from {{ ref('int_core__person_records') }}

),

identifying_emails as (

    select email from {{ ref('int_core__identifying_emails') }}

),

keyed_records as (

    select
        person_records.person_record_id,
        person_records.created_at,
        person_records.converted_contact_record_id,
        person_records.merged_into_record_id,
        coalesce(identifying_emails.email, person_records.person_record_id)
            as group_key
    from person_records
    left join identifying_emails
        on person_records.email = identifying_emails.email

),

email_groups as (

    select
        person_record_id,
        first_value(person_record_id) over (
            partition by group_key
            order by created_at asc nulls last, person_record_id asc
        ) as group_id,
        converted_contact_record_id,
        merged_into_record_id
    from keyed_records

)

select * from email_groups
