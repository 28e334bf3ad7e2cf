-- Grain: one row per staged record of an account.

{{ config(materialized='view') }}

with

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

hubspot_accounts as (

    select
        account_record_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_hubspot__accounts') }}

),

staged_accounts as (

    select * from generic_accounts
    union all
    select * from salesforce_accounts
    union all
    select * from hubspot_accounts

)

select * from staged_accounts
