-- Grain: one row per golden record and field that it lacks: a required field of a
-- person, or size, industry or revenue of an account.
-- A person without one is complete, and an account without one enriched.

with

people as (

    select * from {{ ref('dim_person_profiles') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

required_fields as (

    select
        field,
        min(owner) as owner,
        min(fix) as fix
    from {{ ref('required_fields') }}
    where
        entity = 'people'
        and {{ in_force() }}
    group by field

),

enrichment_checks as (

    select
        owner,
        fix
    from {{ ref('quality_checks') }}
    where
        check_name = 'enrichment_coverage_rate'
        and {{ in_force() }}

),

person_fields as (

    select
        people.person_id,
        people.account_id,
        required_fields.field as missing_field,
        required_fields.owner,
        required_fields.fix,
        case required_fields.field
            when 'email' then people.email
            when 'first_name' then people.first_name
            when 'last_name' then people.last_name
            when 'title' then people.title
            when 'phone' then people.phone
            when 'company_name' then coalesce(people.company_name, people.account_id)
            when 'country' then people.country
            when 'lead_source' then people.lead_source
            when 'owner_id' then people.owner_id
        end as field_value
    from people
    cross join required_fields

),

account_gaps as (

    select
        account_id,
        'employee_count' as missing_field
    from accounts
    where employee_count is null
    union all
    select
        account_id,
        'industry' as missing_field
    from accounts
    where industry is null
    union all
    select
        account_id,
        'annual_revenue_usd' as missing_field
    from accounts
    where annual_revenue_usd is null

),

record_gaps as (

    select
        'people' as entity,
        person_id as record_id,
        account_id,
        missing_field,
        owner,
        fix
    from person_fields
    where field_value is null
    union all
    select
        'accounts' as entity,
        account_gaps.account_id as record_id,
        account_gaps.account_id,
        account_gaps.missing_field,
        enrichment_checks.owner,
        enrichment_checks.fix
    from account_gaps
    left join enrichment_checks
        on true

)

select * from record_gaps
