-- Grain: one row per account record of any source that existed at as_of, deleted ones
-- too. When it was last changed is known only for changes up to as_of, and a merge into
-- a record that did not exist yet had not happened either.

with

generic_accounts as (

    select * from {{ ref('stg_generic__accounts') }}

),

salesforce_accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}

),

hubspot_accounts as (

    select * from {{ ref('stg_hubspot__accounts') }}

),

staged_accounts as (

    select * from generic_accounts
    union all
    select * from salesforce_accounts
    union all
    select * from hubspot_accounts

),

later_records as (

    select account_record_id
    from staged_accounts
    where not {{ known_by_as_of('created_at') }}

),

dated_accounts as (

    select
        staged_accounts.*,
        later_records.account_record_id is not null as is_merged_later
    from staged_accounts
    left join later_records
        on staged_accounts.merged_into_record_id = later_records.account_record_id
    where {{ known_by_as_of('staged_accounts.created_at') }}

),

account_records as (

    select
        account_record_id,
        source,
        record_id,
        parent_account_record_id,
        case when not is_merged_later then merged_into_record_id end
            as merged_into_record_id,
        owner_id,
        account_name,
        domain,
        industry,
        employee_count,
        annual_revenue,
        currency,
        country,
        state,
        is_deleted and not is_merged_later as is_deleted,
        created_at,
        case when {{ known_by_as_of('updated_at') }} then updated_at end as updated_at
    from dated_accounts

)

select * from account_records
