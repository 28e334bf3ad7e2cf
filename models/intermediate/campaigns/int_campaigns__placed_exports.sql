-- Grain: one row per row of a cost report that a platform's own screens export, with
-- its account settled.
-- The same report may be exported once with ids and once with names alone. A name is
-- settled where one account of the platform has it; where each account's name is known,
-- another name is another account.

{{ config(materialized='view') }}

with

staged_spend as (

    select
        *,
        lower(ad_account_name) as account_key,
        lower(campaign_name) as campaign_key
    from {{ ref('int_campaigns__export_reports') }}

),

known_accounts as (

    select * from {{ ref('int_campaigns__account_names') }}

),

nameless_platforms as (

    select * from {{ ref('int_campaigns__nameless_platforms') }}

),

placed_exports as (

    select
        staged_spend.*,
        coalesce(
            staged_spend.ad_account_id,
            known_accounts.ad_account_id,
            case
                when nameless_platforms.source is null
                    then staged_spend.source || ':(' || staged_spend.account_key || ')'
            end
        ) as known_account_id
    from staged_spend
    left join known_accounts
        on
            staged_spend.source = known_accounts.source
            and staged_spend.account_key = known_accounts.account_key
    left join nameless_platforms
        on staged_spend.source = nameless_platforms.source

)

select * from placed_exports
