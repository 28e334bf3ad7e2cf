-- Grain: one row per account record of any source that existed at as_of, deleted ones
-- too. When it was last changed is known only for changes up to as_of.

{{ config(materialized='view') }}

with

generic_accounts as (

    select * from {{ ref('stg_generic__accounts') }}

),

salesforce_accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}

),

staged_accounts as (

    select * from generic_accounts
    union all
    select * from salesforce_accounts

),

account_records as (

    select
        account_record_id,
        source,
        record_id,
        parent_account_record_id,
        merged_into_record_id,
        owner_id,
        account_name,
        domain,
        industry,
        employee_count,
        annual_revenue,
        currency,
        country,
        state,
        is_deleted,
        created_at,
        case when {{ known_by_as_of('updated_at') }} then updated_at end as updated_at
    from staged_accounts
    where {{ known_by_as_of('created_at') }}

)

select * from account_records
