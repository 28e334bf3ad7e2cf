-- Grain: one row per golden record and field that it lacks: a required one that its
-- mart publishes, and of an account size, industry or revenue too.

with

people as (

    select * from {{ ref('dim_person_profiles') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

required_fields as (

    select
        entity,
        field,
        min_by(owner, required_field_id) as owner,
        min_by(fix, required_field_id) as fix
    from {{ ref('required_fields') }}
    where
        entity in ('people', 'accounts')
        and {{ in_force() }}
    group by
        entity,
        field

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

enriched_fields as (

    select 'employee_count' as field
    union all
    select 'industry' as field
    union all
    select 'annual_revenue_usd' as field

),

account_fields as (

    select
        field,
        owner,
        fix
    from required_fields
    where entity = 'accounts'
    union all
    select
        enriched_fields.field,
        enrichment_checks.owner,
        enrichment_checks.fix
    from enriched_fields
    left join enrichment_checks
        on true
    left join required_fields
        on
            enriched_fields.field = required_fields.field
            and required_fields.entity = 'accounts'
    where required_fields.field is null

),

record_gaps as (

    select
        'people' as entity,
        people.person_id as record_id,
        people.account_id,
        required_fields.field as missing_field,
        required_fields.owner,
        required_fields.fix
    from people
    inner join required_fields
        on
            required_fields.entity = 'people'
            and {{ published_value(
                'required_fields.field', 'people', 'dim_person_profiles'
            ) }} = ''
    union all
    select
        'accounts' as entity,
        accounts.account_id as record_id,
        accounts.account_id,
        account_fields.field as missing_field,
        account_fields.owner,
        account_fields.fix
    from accounts
    inner join account_fields
        on
            {{ published_value(
                'account_fields.field', 'accounts', 'dim_accounts'
            ) }} = ''

)

select * from record_gaps
