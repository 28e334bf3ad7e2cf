-- Grain: one row per person record: what is compared when two records are matched,
-- stripped of case, accents, marks and legal forms. A mailbox named after its owner
-- tells nothing beyond the name; an address of too many names is evidence all the same.

with

person_records as (

    select
        *,
        split_part(email, '@', 2) as email_domain,
        coalesce(account_record_id, converted_account_record_id)
            as linked_account_record_id
    from {{ ref('int_core__person_records') }}

),

match_units as (

    select * from {{ ref('int_core__match_units') }}

),

identifying_emails as (

    select email from {{ ref('int_core__identifying_emails') }}

),

role_mailboxes as (

    select local_part from {{ ref('role_mailboxes') }}

),

freemail_domains as (

    select domain from {{ ref('freemail_domains') }}

),

linked_accounts as (

    select * from {{ ref('int_core__linked_accounts') }}

),

country_names as (

    select * from {{ ref('picklist_values') }}
    where field = 'country'

),

plain_records as (

    select
        person_records.person_record_id,
        match_units.unit_id,
        {{ plain_text('person_records.first_name') }} as first_name,
        {{ plain_text('person_records.last_name') }} as last_name,
        case when role_mailboxes.local_part is null then person_records.email end
            as email,
        split_part(identifying_emails.email, '@', 1) as email_name,
        case when freemail_domains.domain is null then identifying_emails.email end
            as work_email,
        {{ plain_phone('person_records.phone') }} as phone,
        coalesce(
            {{ plain_company('person_records.company_name') }},
            {{ plain_company('linked_accounts.account_name') }}
        ) as company,
        coalesce(
            case
                when freemail_domains.domain is null
                    then nullif(person_records.email_domain, '')
            end,
            linked_accounts.domain
        ) as company_domain,
        {{ plain_text('person_records.title') }} as title,
        replace(lower(person_records.postal_code), ' ', '') as postal_code,
        lower(person_records.state) as state,
        lower(coalesce(country_names.picklist_value, person_records.country))
            as country
    from person_records
    inner join match_units
        on person_records.person_record_id = match_units.person_record_id
    left join identifying_emails
        on person_records.email = identifying_emails.email
    left join role_mailboxes
        on split_part(person_records.email, '@', 1) = role_mailboxes.local_part
    left join freemail_domains
        on person_records.email_domain = freemail_domains.domain
    left join linked_accounts
        on person_records.linked_account_record_id = linked_accounts.account_record_id
    left join country_names
        on lower(person_records.country) = country_names.synonym

),

person_features as (

    select
        person_record_id,
        unit_id,
        first_name,
        last_name,
        email,
        case
            when replace(replace(replace(email_name, '.', ''), '_', ''), '-', '') in (
                first_name, last_name, first_name || last_name,
                last_name || first_name, left(first_name, 1) || last_name,
                last_name || left(first_name, 1), first_name || left(last_name, 1)
            ) then null
            else email_name
        end as email_name,
        work_email,
        phone,
        company,
        company_domain,
        company || ':' || postal_code as site,
        title,
        postal_code,
        state,
        country
    from plain_records

)

select * from person_features
