-- Grain: one row per account record, with the name and domain of its golden account.

{{ config(materialized='view') }}

with

account_clusters as (

    select
        account_record_id,
        account_id
    from {{ ref('int_core__account_clusters') }}

),

golden_accounts as (

    select
        account_id,
        account_name,
        domain
    from {{ ref('int_core__golden_accounts') }}

),

linked_accounts as (

    select
        account_clusters.account_record_id,
        golden_accounts.account_name,
        golden_accounts.domain
    from account_clusters
    inner join golden_accounts
        on account_clusters.account_id = golden_accounts.account_id

)

select * from linked_accounts
