-- Grain: one row per platform of whose accounts one or more have an id and no name that
-- anything tells.

{{ config(materialized='view') }}

with

account_names as (

    select
        source,
        ad_account_id
    from {{ ref('int_campaigns__account_names') }}
    group by
        source,
        ad_account_id

),

exported_accounts as (

    select
        source,
        ad_account_id
    from {{ ref('int_campaigns__export_reports') }}
    where ad_account_id is not null

),

connected_accounts as (

    select
        platform as source,
        ad_account_id
    from {{ ref('int_campaigns__platform_levels') }}

),

accounts as (

    select * from exported_accounts
    union
    select * from connected_accounts

),

nameless_platforms as (

    select accounts.source
    from accounts
    left join account_names
        on
            accounts.source = account_names.source
            and accounts.ad_account_id = account_names.ad_account_id
    where account_names.ad_account_id is null
    group by accounts.source

)

select * from nameless_platforms
