-- What an ad platform says is what the marts show, per platform, currency and month, to
-- the cent, in the money of the bill and converted. The truth is counted here once more
-- from the reports: the greatest level of a campaign's day, and the account's where
-- more.

{{ config(group='campaigns') }}

with

staged_levels as (

    select
        source,
        'account' as level,
        ad_account_id,
        cast(null as string) as campaign_id,
        currency,
        spend,
        stat_date
    from {{ ref('int_campaigns__account_reports') }}
    union all
    select
        source,
        'campaign' as level,
        ad_account_id,
        campaign_id,
        currency,
        spend,
        stat_date
    from {{ ref('int_campaigns__campaign_reports') }}
    union all
    select
        source,
        'ad_group' as level,
        ad_account_id,
        campaign_id,
        currency,
        spend,
        stat_date
    from {{ ref('int_campaigns__ad_group_reports') }}
    union all
    select
        source,
        'ad' as level,
        ad_account_id,
        campaign_id,
        currency,
        spend,
        stat_date
    from {{ ref('int_campaigns__ad_reports') }}

),

platform_levels as (

    select
        source as platform,
        level,
        ad_account_id,
        campaign_id,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        spend,
        stat_date
    from staged_levels
    where stat_date <= {{ reporting_date(as_of()) }}

),

campaign_days as (

    -- Ads of an unknown campaign are held by any higher report of their account's day,
    -- or of the platform's, where either names no account.
    select
        platform,
        ad_account_id,
        currency,
        stat_date,
        spend
    from platform_levels
    where
        level = 'campaign'
        or (
            level = 'ad_group'
            and not exists (
                select 1 from platform_levels as higher
                where
                    higher.platform = platform_levels.platform
                    and higher.stat_date = platform_levels.stat_date
                    and higher.level = 'campaign'
                    and (
                        higher.campaign_id = platform_levels.campaign_id
                        or (
                            platform_levels.campaign_id is null
                            and coalesce(
                                higher.ad_account_id = platform_levels.ad_account_id,
                                true
                            )
                        )
                    )
            )
        )
        or (
            level = 'ad'
            and not exists (
                select 1 from platform_levels as higher
                where
                    higher.platform = platform_levels.platform
                    and higher.stat_date = platform_levels.stat_date
                    and higher.level in ('campaign', 'ad_group')
                    and (
                        higher.campaign_id = platform_levels.campaign_id
                        or (
                            platform_levels.campaign_id is null
                            and coalesce(
                                higher.ad_account_id = platform_levels.ad_account_id,
                                true
                            )
                        )
                    )
            )
        )

),

truths as (

    select
        platform,
        currency,
        stat_date,
        greatest(
            coalesce(sum(campaign_spend), 0), coalesce(sum(account_spend), 0)
        ) as spend
    from (
        select
            platform,
            ad_account_id,
            currency,
            stat_date,
            spend as campaign_spend,
            cast(null as decimal(28, 6)) as account_spend
        from campaign_days
        union all
        select
            platform,
            ad_account_id,
            currency,
            stat_date,
            cast(null as decimal(28, 6)) as campaign_spend,
            spend as account_spend
        from platform_levels
        where level = 'account'
    ) as level_days
    group by
        platform,
        ad_account_id,
        currency,
        stat_date

),

shown as (

    select
        platform,
        currency,
        date_trunc('month', spend_date) as month,
        sum(spend_amount) as amount,
        coalesce(sum(spend_usd), 0) as amount_usd
    from {{ ref('fct_ad_spend_days') }}
    where source != 'generic' and spend_level != 'exported'
    group by
        platform,
        currency,
        date_trunc('month', spend_date)

),

stated as (

    select
        truths.platform,
        truths.currency,
        date_trunc('month', truths.stat_date) as month,
        sum(truths.spend) as amount,
        coalesce(sum(truths.spend * rates.reporting_per_unit), 0) as amount_usd
    from truths
    left join {{ ref('dim_exchange_rates') }} as rates
        on
            truths.currency = rates.currency
            and truths.stat_date >= rates.valid_from
            and truths.stat_date < rates.valid_to
    group by
        truths.platform,
        truths.currency,
        date_trunc('month', truths.stat_date)

)

select
    stated.*,
    shown.amount as shown_amount,
    shown.amount_usd as shown_amount_usd
from stated
full join shown
    on
        stated.platform = shown.platform
        and stated.currency = shown.currency
        and stated.month = shown.month
where
    coalesce(stated.amount, 0) != coalesce(shown.amount, 0)
    or abs(coalesce(stated.amount_usd, 0) - coalesce(shown.amount_usd, 0)) >= 0.005
