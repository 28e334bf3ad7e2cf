-- Grain: one row per platform, ad account, month and currency of a platform that
-- reports its spend itself.
-- The row without an account holds what generic files state for the platform, and what
-- ads spent whose account nobody knows.

with

report_months as (

    select * from {{ ref('int_campaigns__report_months') }}

),

landed_months as (

    select * from {{ ref('int_campaigns__landed_months') }}

),

ad_accounts as (

    select
        ad_account_id,
        account_name,
        time_zone
    from {{ ref('int_campaigns__ad_accounts') }}

),

reporting_platforms as (

    select platform
    from report_months
    group by platform

),

months as (

    select
        platform,
        ad_account_id,
        month,
        currency
    from report_months
    union
    select
        landed_months.platform,
        landed_months.ad_account_id,
        landed_months.month,
        landed_months.currency
    from landed_months
    inner join reporting_platforms
        on landed_months.platform = reporting_platforms.platform

),

spend_reconciliations as (

    select
        {{ dbt.hash(
            "concat_ws('|', months.platform, coalesce(months.ad_account_id, ''), "
            ~ "cast(months.month as string), months.currency)"
        ) }} as spend_reconciliation_id,
        months.platform,
        months.ad_account_id,
        ad_accounts.account_name,
        ad_accounts.time_zone,
        months.month,
        months.currency,
        coalesce(landed_months.landed_spend, 0)
        = coalesce(report_months.stated_spend, 0)
        and coalesce(report_months.over_account_spend, 0) = 0 as is_reconciled,
        coalesce(landed_months.has_exchange_rates, true) as has_exchange_rates,
        cast(report_months.ad_level_spend as decimal(28, 6)) as ad_level_spend,
        cast(report_months.ad_group_level_spend as decimal(28, 6))
            as ad_group_level_spend,
        cast(report_months.campaign_level_spend as decimal(28, 6))
            as campaign_level_spend,
        cast(report_months.account_level_spend as decimal(28, 6))
            as account_level_spend,
        cast(coalesce(report_months.stated_spend, 0) as decimal(28, 6))
            as stated_spend,
        cast(coalesce(report_months.over_account_spend, 0) as decimal(28, 6))
            as over_account_spend,
        cast(coalesce(landed_months.landed_spend, 0) as decimal(28, 6)) as landed_spend,
        cast(coalesce(landed_months.landed_spend_usd, 0) as decimal(28, 6))
            as landed_spend_usd,
        cast(coalesce(landed_months.unattributed_to_ads_spend, 0) as decimal(28, 6))
            as unattributed_to_ads_spend,
        cast(coalesce(landed_months.unattributed_to_ads_spend_usd, 0) as decimal(28, 6))
            as unattributed_to_ads_spend_usd,
        cast(coalesce(landed_months.not_in_campaign_report_spend, 0) as decimal(28, 6))
            as not_in_campaign_report_spend,
        cast(
            coalesce(landed_months.not_in_campaign_report_spend_usd, 0)
            as decimal(28, 6)
        ) as not_in_campaign_report_spend_usd,
        cast(coalesce(landed_months.entered_spend, 0) as decimal(28, 6))
            as entered_spend,
        cast(coalesce(landed_months.entered_spend_usd, 0) as decimal(28, 6))
            as entered_spend_usd,
        cast(coalesce(landed_months.superseded_spend, 0) as decimal(28, 6))
            as superseded_spend,
        cast(coalesce(landed_months.superseded_spend_usd, 0) as decimal(28, 6))
            as superseded_spend_usd
    from months
    left join report_months
        on
            months.platform = report_months.platform
            and months.ad_account_id is not distinct from report_months.ad_account_id
            and months.month = report_months.month
            and months.currency = report_months.currency
    left join landed_months
        on
            months.platform = landed_months.platform
            and months.ad_account_id is not distinct from landed_months.ad_account_id
            and months.month = landed_months.month
            and months.currency = landed_months.currency
    left join ad_accounts
        on months.ad_account_id = ad_accounts.ad_account_id

)

select * from spend_reconciliations
