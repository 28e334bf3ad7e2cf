-- Grain: one row per account record of a golden account, deleted duplicates too.

with

account_records as (

    select
        account_record_id,
        source,
        record_id,
        merged_into_record_id,
        is_deleted
    from {{ ref('int_core__account_records') }}

),

live_clusters as (

    select
        account_record_id,
        account_id,
        trust_rank,
        record_count
    from {{ ref('int_core__account_clusters') }}
    where is_live_account

),

bridged_records as (

    select
        account_records.account_record_id,
        account_records.source,
        account_records.record_id,
        live_clusters.account_id,
        case
            when live_clusters.record_count = 1 then 'single'
            when account_records.merged_into_record_id is not null then 'merged'
            else 'domain'
        end as match_rule,
        live_clusters.trust_rank = 1 as is_master,
        account_records.is_deleted
    from live_clusters
    inner join account_records
        on live_clusters.account_record_id = account_records.account_record_id

)

select * from bridged_records
