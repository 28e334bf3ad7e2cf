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

    select field
    from {{ ref('required_fields') }}
    where
        entity = 'people'
        and {{ in_force() }}
    group by field

),

described_people as (

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
        coalesce(golden_people.company_name, accounts.account_name) as company_name,
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

),

incomplete_people as (

    select described_people.person_id
    from described_people
    inner join required_fields
        on
            {{ published_value(
                'required_fields.field', 'described_people', 'dim_person_profiles'
            ) }} = ''
    group by described_people.person_id

),

profiles as (

    select
        described_people.*,
        incomplete_people.person_id is null as is_complete
    from described_people
    left join incomplete_people
        on described_people.person_id = incomplete_people.person_id

)

select * from profiles
