-- Grain: one row per platform that reports its spend itself, and month, in the
-- reporting currency: does the warehouse show what the platform says?

with

spend_reconciliations as (

    select * from {{ ref('fct_spend_reconciliations') }}

),

reconciliation_months as (

    select
        platform,
        month,
        bool_and(is_reconciled) as is_reconciled,
        bool_and(has_exchange_rates) as has_exchange_rates,
        count(distinct ad_account_id) as ad_accounts,
        count(distinct case when not is_reconciled then ad_account_id end)
            as unreconciled_ad_accounts,
        cast(sum(landed_spend_usd) as decimal(28, 6)) as landed_spend_usd,
        cast(sum(unattributed_to_ads_spend_usd) as decimal(28, 6))
            as unattributed_to_ads_spend_usd,
        cast(sum(not_in_campaign_report_spend_usd) as decimal(28, 6))
            as not_in_campaign_report_spend_usd,
        cast(sum(entered_spend_usd) as decimal(28, 6)) as entered_spend_usd,
        cast(sum(superseded_spend_usd) as decimal(28, 6)) as superseded_spend_usd
    from spend_reconciliations
    group by
        platform,
        month

)

select * from reconciliation_months
