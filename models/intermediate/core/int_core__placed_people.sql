-- Grain: one row per golden person, with the account that the first of these steps
-- leads to: the CRM link, the company's e-mail domain, the company's name and place, a
-- name that is nearly the account's.

{{ config(materialized='view') }}

with

golden_people as (

    select
        *,
        split_part(email, '@', 2) as email_domain
    from {{ ref('int_core__golden_people') }}

),

account_records as (

    select
        account_record_id,
        account_id
    from {{ ref('int_core__account_clusters') }}
    where is_live_account

),

freemail_domains as (

    select domain from {{ ref('freemail_domains') }}

),

domain_accounts as (

    select
        golden_accounts.domain,
        min(golden_accounts.account_id) as account_id
    from {{ ref('int_core__golden_accounts') }} as golden_accounts
    left join freemail_domains
        on golden_accounts.domain = freemail_domains.domain
    where golden_accounts.domain is not null and freemail_domains.domain is null
    group by golden_accounts.domain

),

account_name_matches as (

    select * from {{ ref('int_core__account_name_matches') }}

),

placed_people as (

    select
        golden_people.*,
        coalesce(
            account_records.account_id,
            domain_accounts.account_id,
            account_name_matches.account_id
        ) as account_id,
        case
            when account_records.account_id is not null then 'crm_link'
            when domain_accounts.account_id is not null then 'domain'
            else account_name_matches.account_match_step
        end as account_match_step
    from golden_people
    left join account_records
        on golden_people.account_record_id = account_records.account_record_id
    left join domain_accounts
        on golden_people.email_domain = domain_accounts.domain
    left join account_name_matches
        on golden_people.person_id = account_name_matches.person_id

)

select * from placed_people
