-- Grain: one row per golden account: what quality is cut by, and the flag it rests on.

{{ config(materialized='view') }}

with

accounts as (

    select * from {{ ref('dim_accounts') }}

),

master_records as (

    select
        account_id,
        source
    from {{ ref('bridge_account_records') }}
    where is_master

),

judged_accounts as (

    select
        accounts.account_id,
        coalesce(accounts.owner_id, 'unknown') as owner_id,
        master_records.source,
        accounts.segment,
        accounts.is_enriched,
        accounts.created_at
    from accounts
    inner join master_records
        on accounts.account_id = master_records.account_id

)

select * from judged_accounts
