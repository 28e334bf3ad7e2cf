-- Grain: one row per golden person: who they are, by the most trusted record.
-- What they agreed to and how far they came is added by dim_people.

with

golden_people as (

    select
        *,
        split_part(email, '@', 2) as email_domain
    from {{ ref('int_core__golden_people') }}

),

person_accounts as (

    select
        person_id,
        account_id,
        account_match_step
    from {{ ref('int_core__person_accounts') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

traits as (

    select * from {{ ref('int_core__person_traits') }}

),

required_fields as (

    select * from {{ ref('int_core__required_person_fields') }}

),

profiles as (

    select
        golden_people.person_id,
        person_accounts.account_id,
        golden_people.owner_id,
        golden_people.email,
        golden_people.email_domain,
        golden_people.first_name,
        golden_people.last_name,
        golden_people.title,
        traits.seniority,
        golden_people.company_name,
        golden_people.phone,
        coalesce(traits.country, accounts.country) as country,
        case
            when coalesce(accounts.segment, 'unknown') != 'unknown'
                then accounts.segment
            else traits.segment
        end as segment,
        traits.lead_source,
        person_accounts.account_match_step,
        golden_people.has_opted_out,
        traits.email_bounced_at is null and golden_people.email is not null
            as is_email_usable,
        (
            (golden_people.email is not null or not required_fields.needs_email)
            and (
                golden_people.first_name is not null
                or not required_fields.needs_first_name
            )
            and (
                golden_people.last_name is not null
                or not required_fields.needs_last_name
            )
            and (golden_people.title is not null or not required_fields.needs_title)
            and (golden_people.phone is not null or not required_fields.needs_phone)
            and (
                golden_people.owner_id is not null or not required_fields.needs_owner_id
            )
            and (
                traits.lead_source is not null or not required_fields.needs_lead_source
            )
            and (
                coalesce(golden_people.company_name, person_accounts.account_id)
                is not null
                or not required_fields.needs_company_name
            )
            and (
                coalesce(traits.country, accounts.country) is not null
                or not required_fields.needs_country
            )
        ) as is_complete,
        (
            coalesce(accounts.employee_count, traits.employee_count) is not null
            and coalesce(accounts.industry, traits.industry) is not null
            and coalesce(accounts.annual_revenue_usd, traits.annual_revenue) is not null
        ) as is_enriched,
        golden_people.record_count,
        golden_people.created_at,
        traits.email_bounced_at
    from golden_people
    inner join traits
        on golden_people.person_id = traits.person_id
    inner join person_accounts
        on golden_people.person_id = person_accounts.person_id
    left join accounts
        on person_accounts.account_id = accounts.account_id
    cross join required_fields

)

select * from profiles
