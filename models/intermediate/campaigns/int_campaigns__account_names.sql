-- Grain: one row per platform and name, in lower case, that tells one of its accounts,
-- by the connector or by exports that hold both the id and the name.
-- A name of today comes before one that an account had.

{{ config(materialized='view') }}

with

ad_accounts as (

    select
        source,
        ad_account_id,
        account_name
    from {{ ref('int_campaigns__ad_accounts') }}

),

exported_accounts as (

    select
        source,
        ad_account_id,
        ad_account_name as account_name
    from {{ ref('int_campaigns__export_reports') }}

),

earlier_names as (

    select * from {{ ref('int_campaigns__earlier_account_names') }}

),

all_names as (

    select
        *,
        1 as name_rank
    from ad_accounts
    union all
    select
        *,
        1 as name_rank
    from exported_accounts
    union all
    select
        source,
        ad_account_id,
        account_name,
        2 as name_rank
    from earlier_names

),

best_names as (

    select
        source,
        ad_account_id,
        lower(account_name) as account_key
    from all_names
    where account_name is not null and ad_account_id is not null
    qualify
        name_rank
        = min(name_rank) over (partition by source, lower(account_name))

),

account_names as (

    select
        source,
        account_key,
        max(ad_account_id) as ad_account_id
    from best_names
    group by
        source,
        account_key
    having count(distinct ad_account_id) = 1

)

select * from account_names
