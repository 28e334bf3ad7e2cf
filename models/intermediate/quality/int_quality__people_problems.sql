-- Grain: one row per problem and golden person who has it, or account: duplicates in
-- the CRM, data gone stale, required fields that an active lead lacks.

with

active_people as (

    select people.person_id
    from {{ ref('dim_people') }} as people
    inner join {{ ref('lifecycle_stages') }} as lifecycle_stages
        on people.lifecycle_stage = lifecycle_stages.stage
    where lifecycle_stages.is_worked

),

person_records as (

    select * from {{ ref('bridge_person_records') }}

),

account_records as (

    select
        source,
        account_id
    from {{ ref('bridge_account_records') }}
    where not is_deleted

),

record_opportunities as (

    select distinct
        entity,
        record_id
    from {{ ref('int_quality__record_opportunities') }}

),

fresh_people as (

    select person_id
    from {{ ref('int_quality__fresh_spells') }}
    where ends_at > {{ as_of() }}

),

missing_fields as (

    select
        entity,
        record_id
    from {{ ref('fct_missing_fields') }}
    group by
        entity,
        record_id

),

duplicated_accounts as (

    select account_id
    from account_records
    group by
        account_id,
        source
    having count(*) > 1

),

people_problems as (

    select
        'duplicates_in_open_deals' as problem,
        'people' as entity,
        record_opportunities.record_id
    from record_opportunities
    inner join person_records
        on record_opportunities.record_id = person_records.person_id
    where
        record_opportunities.entity = 'people'
        and person_records.is_unmerged_duplicate
    union
    select
        'duplicates_in_open_deals' as problem,
        'accounts' as entity,
        record_opportunities.record_id
    from record_opportunities
    inner join duplicated_accounts
        on record_opportunities.record_id = duplicated_accounts.account_id
    where record_opportunities.entity = 'accounts'
    union all
    select
        'stale_contacts_of_open_deals' as problem,
        'people' as entity,
        record_opportunities.record_id
    from record_opportunities
    left join fresh_people
        on record_opportunities.record_id = fresh_people.person_id
    where record_opportunities.entity = 'people' and fresh_people.person_id is null
    union all
    select
        'missing_fields_of_active_leads' as problem,
        'people' as entity,
        active_people.person_id as record_id
    from active_people
    inner join missing_fields
        on active_people.person_id = missing_fields.record_id
    where missing_fields.entity = 'people'
    union all
    select
        'unenriched_accounts_of_open_deals' as problem,
        'accounts' as entity,
        missing_fields.record_id
    from missing_fields
    inner join record_opportunities
        on
            missing_fields.entity = record_opportunities.entity
            and missing_fields.record_id = record_opportunities.record_id
    where missing_fields.entity = 'accounts'

)

select * from people_problems
