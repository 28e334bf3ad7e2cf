-- Grain: one row per e-mail address that identifies one person.
-- A role mailbox, or an address under which too many names write, identifies nobody.

with

person_records as (

    select
        email,
        lower(concat_ws(' ', first_name, last_name)) as full_name
    from {{ ref('int_core__person_records') }}
    where email is not null

),

role_mailboxes as (

    select local_part from {{ ref('role_mailboxes') }}

),

name_limits as (

    select max(rule_value) as max_names_per_email
    from {{ ref('identity_rules') }}
    where rule_name = 'max_names_per_email'

),

addresses as (

    select
        email,
        split_part(email, '@', 1) as local_part,
        count(distinct nullif(full_name, '')) as name_count
    from person_records
    group by email

),

identifying_emails as (

    select addresses.email
    from addresses
    cross join name_limits
    left join role_mailboxes on addresses.local_part = role_mailboxes.local_part
    where
        role_mailboxes.local_part is null
        and addresses.name_count <= name_limits.max_names_per_email

)

select * from identifying_emails
