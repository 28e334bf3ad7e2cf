-- Grain: one row per platform and name, in lower case, that one of its accounts alone
-- has, by the connector or by exports that hold both the id and the name.

{{ config(materialized='view') }}

with

ad_accounts as (

    select
        source,
        ad_account_id,
        lower(account_name) as account_key
    from {{ ref('int_campaigns__ad_accounts') }}

),

exported_accounts as (

    select
        source,
        ad_account_id,
        lower(ad_account_name) as account_key
    from {{ ref('int_campaigns__export_reports') }}

),

all_names as (

    select * from ad_accounts
    union all
    select * from exported_accounts

),

account_names as (

    select
        source,
        account_key,
        max(ad_account_id) as ad_account_id
    from all_names
    where account_key is not null and ad_account_id is not null
    group by
        source,
        account_key
    having count(distinct ad_account_id) = 1

)

select * from account_names
