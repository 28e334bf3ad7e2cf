-- Grain: one row per record of a golden account, deleted ones of an account that has
-- others too, with its place among the account's records.

{{ config(materialized='view') }}

with

account_records as (

    select
        *,
        coalesce(updated_at, created_at) as changed_at
    from {{ ref('int_core__account_records') }}

),

live_clusters as (

    select
        account_record_id,
        account_id,
        record_count,
        trust_rank
    from {{ ref('int_core__account_clusters') }}
    where is_live_account

),

golden_account_records as (

    select
        live_clusters.account_id,
        live_clusters.record_count,
        live_clusters.trust_rank,
        account_records.account_record_id,
        account_records.source,
        account_records.record_id,
        account_records.account_name,
        account_records.domain,
        account_records.industry,
        account_records.employee_count,
        account_records.annual_revenue,
        account_records.currency,
        account_records.country,
        account_records.state,
        account_records.owner_id,
        account_records.merged_into_record_id,
        account_records.is_deleted,
        account_records.created_at,
        account_records.changed_at
    from live_clusters
    inner join account_records
        on live_clusters.account_record_id = account_records.account_record_id

)

select * from golden_account_records
