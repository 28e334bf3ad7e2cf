-- Grain: one row per staged record of a person, an account or an opportunity.

{{ config(materialized='view') }}

with

generic_people as (

    select
        person_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_generic__people') }}

),

salesforce_people as (

    select
        person_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_salesforce__people') }}

),

generic_accounts as (

    select
        account_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_generic__accounts') }}

),

salesforce_accounts as (

    select
        account_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_salesforce__accounts') }}

),

generic_opportunities as (

    select
        opportunity_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_generic__opportunities') }}

),

salesforce_opportunities as (

    select
        opportunity_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_salesforce__opportunities') }}

),

staged_records as (

    select
        'people' as entity,
        *
    from generic_people
    union all
    select
        'people' as entity,
        *
    from salesforce_people
    union all
    select
        'accounts' as entity,
        *
    from generic_accounts
    union all
    select
        'accounts' as entity,
        *
    from salesforce_accounts
    union all
    select
        'opportunities' as entity,
        *
    from generic_opportunities
    union all
    select
        'opportunities' as entity,
        *
    from salesforce_opportunities

)

select * from staged_records
