-- Grain: one row per record and field whose value something other than the record
-- confirms: mail that got through to the address, or the latest answer to the field of
-- an enrichment vendor that is the same. Only fields are looked into that a policy asks
-- about. A table, because people and accounts both read it.

with

asked_fields as (

    select
        entity,
        field
    from {{ ref('int_core__survivorship_policies') }}
    where 'verified_first' in (rule_1, rule_2, rule_3, rule_4, rule_5)

),

person_records as (

    select * from {{ ref('int_core__person_records') }}

),

account_records as (

    select * from {{ ref('int_core__account_records') }}

),

delivered_addresses as (

    select email
    from {{ ref('int_core__delivered_addresses') }}

),

enrichments as (

    select * from {{ ref('int_core__latest_enrichments') }}

),

delivered_values as (

    select
        'people' as entity,
        person_records.person_record_id as record_key,
        'email' as field
    from person_records
    inner join delivered_addresses
        on person_records.email = delivered_addresses.email

),

enriched_records as (

    select
        'people' as entity,
        person_record_id as record_key,
        email as enriched_key,
        industry,
        employee_count,
        country
    from person_records
    union all
    select
        'accounts' as entity,
        account_record_id as record_key,
        domain as enriched_key,
        industry,
        employee_count,
        country
    from account_records

),

compared_records as (

    select
        enriched_records.entity,
        enriched_records.record_key,
        {{ picklist_key('enriched_records.industry') }}
        = {{ picklist_key('enrichments.industry') }} as industry,
        enriched_records.employee_count = enrichments.employee_count as employee_count,
        {{ picklist_key('enriched_records.country') }}
        = {{ picklist_key('enrichments.country') }} as country
    from enriched_records
    inner join enrichments
        on enriched_records.enriched_key = enrichments.enriched_key

),

confirmed_values as (

    select
        entity,
        record_key,
        field
    from compared_records unpivot (
        is_confirmed for field in (industry, employee_count, country)
    )
    where is_confirmed

),

known_values as (

    select * from delivered_values
    union all
    select * from confirmed_values

),

verified_values as (

    select
        known_values.entity,
        known_values.record_key,
        known_values.field
    from known_values
    inner join asked_fields
        on
            known_values.entity = asked_fields.entity
            and known_values.field = asked_fields.field

)

select * from verified_values
