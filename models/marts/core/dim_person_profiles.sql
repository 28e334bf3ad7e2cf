-- Grain: one row per golden person: who they are, by the most trusted record.
-- What they agreed to and how far they came is added by dim_people.

with

people as (

    select * from {{ ref('int_core__described_people') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

-- One row: whether each column must be filled.
required_columns as (

    select
        {{ each_column(
            published_columns('dim_person_profiles'),
            "coalesce(bool_or(field = '{}'), false) as {}"
        ) }}
    from {{ ref('required_fields') }}
    where
        entity = 'people'
        and {{ in_force() }}

),

described_people as (

    select
        people.person_id,
        people.account_id,
        people.owner_id,
        people.email,
        people.email_domain,
        people.first_name,
        people.last_name,
        people.title,
        people.seniority,
        coalesce(people.company_name, accounts.account_name) as company_name,
        people.phone,
        coalesce(people.country, accounts.country) as country,
        case
            when coalesce(accounts.segment, 'unknown') != 'unknown'
                then accounts.segment
            else people.segment
        end as segment,
        people.lead_source,
        people.account_match_step,
        people.has_opted_out,
        people.email_bounced_at is null and people.email is not null
            as is_email_usable,
        (
            coalesce(accounts.employee_count, people.employee_count) is not null
            and coalesce(accounts.industry, people.industry) is not null
            and coalesce(accounts.annual_revenue_usd, people.annual_revenue) is not null
        ) as is_enriched,
        people.record_count,
        people.created_at,
        people.email_bounced_at
    from people
    left join accounts
        on people.account_id = accounts.account_id

),

profiles as (

    select
        described_people.*,
        {{ has_required(
            'described_people', 'required_columns', 'dim_person_profiles'
        ) }} as is_complete
    from described_people
    cross join required_columns

)

select * from profiles
