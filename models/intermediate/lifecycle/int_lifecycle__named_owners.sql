-- Grain: one row per person, moment and active rep to whom the person's company was
-- promised then.

with

routed_leads as (

    select
        person_id,
        account_id,
        company_domain,
        routed_on,
        routed_at
    from {{ ref('int_lifecycle__routed_leads') }}

),

named_accounts as (

    select
        account,
        lower(rep) as rep,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('named_accounts') }}

),

rep_references as (

    select
        written_as,
        rep_id,
        rep_key
    from {{ ref('int_lifecycle__rep_references') }}
    where is_active

),

promised_accounts as (

    select
        named_accounts.account,
        rep_references.rep_id,
        rep_references.rep_key,
        named_accounts.effective_from,
        named_accounts.effective_to
    from named_accounts
    inner join rep_references
        on named_accounts.rep = rep_references.written_as

),

lead_companies as (

    select
        person_id,
        account_id as company,
        routed_on,
        routed_at
    from routed_leads
    union all
    select
        person_id,
        company_domain as company,
        routed_on,
        routed_at
    from routed_leads

),

named_owners as (

    select
        lead_companies.person_id,
        lead_companies.routed_at,
        promised_accounts.rep_id,
        promised_accounts.rep_key
    from lead_companies
    inner join promised_accounts
        on
            lead_companies.company = promised_accounts.account
            and lead_companies.routed_on >= promised_accounts.effective_from
            and lead_companies.routed_on < promised_accounts.effective_to
    group by
        lead_companies.person_id,
        lead_companies.routed_at,
        promised_accounts.rep_id,
        promised_accounts.rep_key

)

select * from named_owners
