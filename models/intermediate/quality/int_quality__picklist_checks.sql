-- Grain: one row per golden person or account and filled field of its mart that is on a
-- picklist at as_of.

{{ config(materialized='view') }}

with

people as (

    select * from {{ ref('int_quality__people') }}

),

profiles as (

    select * from {{ ref('dim_person_profiles') }}

),

accounts as (

    select * from {{ ref('int_quality__accounts') }}

),

companies as (

    select * from {{ ref('dim_accounts') }}

),

governed_fields as (

    select
        entity,
        field,
        picklist
    from {{ ref('picklists') }}
    where {{ in_force() }}
    group by
        entity,
        field,
        picklist

),

listed_values as (

    select
        field as picklist,
        picklist_value
    from {{ ref('picklist_values') }}
    group by
        field,
        picklist_value

),

field_values as (

    select
        governed_fields.field,
        governed_fields.picklist,
        people.person_id as record_key,
        people.owner_id,
        people.source,
        people.segment,
        {{ published_value(
            'governed_fields.field', 'profiles', 'dim_person_profiles'
        ) }} as field_value,
        people.created_at
    from people
    inner join profiles
        on people.person_id = profiles.person_id
    inner join governed_fields
        on governed_fields.entity = 'people'
    union all
    select
        governed_fields.field,
        governed_fields.picklist,
        accounts.account_id as record_key,
        accounts.owner_id,
        accounts.source,
        accounts.segment,
        {{ published_value(
            'governed_fields.field', 'companies', 'dim_accounts'
        ) }} as field_value,
        accounts.created_at
    from accounts
    inner join companies
        on accounts.account_id = companies.account_id
    inner join governed_fields
        on governed_fields.entity = 'accounts'

),

picklist_checks as (

    select
        'picklist_compliance_rate' as check_name,
        field_values.field || ':' || field_values.record_key as record_key,
        field_values.owner_id,
        field_values.source,
        field_values.segment,
        case when listed_values.picklist is null then 0 else 1 end as numerator,
        1 as denominator,
        field_values.created_at as happened_at
    from field_values
    left join listed_values
        on
            field_values.picklist = listed_values.picklist
            and field_values.field_value = listed_values.picklist_value
    where field_values.field_value != ''

)

select * from picklist_checks
