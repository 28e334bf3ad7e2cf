-- Grain: one row per golden record and filled field that is on a picklist at as_of.

{{ config(materialized='view') }}

with

people as (

    select * from {{ ref('int_quality__people') }}

),

accounts as (

    select * from {{ ref('int_quality__accounts') }}

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
        'people' as entity,
        'country' as field,
        person_id as record_key,
        owner_id,
        source,
        segment,
        trim(country) as field_value,
        created_at
    from people
    union all
    select
        'accounts' as entity,
        'country' as field,
        account_id as record_key,
        owner_id,
        source,
        segment,
        trim(country) as field_value,
        created_at
    from accounts
    union all
    select
        'accounts' as entity,
        'industry' as field,
        account_id as record_key,
        owner_id,
        source,
        segment,
        trim(industry) as field_value,
        created_at
    from accounts

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
    inner join governed_fields
        on
            field_values.entity = governed_fields.entity
            and field_values.field = governed_fields.field
    left join listed_values
        on
            governed_fields.picklist = listed_values.picklist
            and field_values.field_value = listed_values.picklist_value
    where field_values.field_value != ''

)

select * from picklist_checks
