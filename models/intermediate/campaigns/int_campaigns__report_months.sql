-- Grain: one row per platform, account, month and currency: what each level of report
-- adds up to, what the platform says was spent, and by how much the campaigns exceed
-- the account's own report on the days that it covers.

with

platform_levels as (

    select
        *,
        cast(date_trunc('month', stat_date) as date) as month
    from {{ ref('int_campaigns__platform_levels') }}
    where not is_after_as_of

),

platform_spend as (

    select
        *,
        cast(date_trunc('month', stat_date) as date) as month
    from {{ ref('int_campaigns__platform_spend') }}
    where stat_date <= {{ reporting_date(as_of()) }}

),

level_months as (

    select
        platform,
        ad_account_id,
        month,
        currency,
        sum(spend) filter (where level = 'ad') as ad_level_spend,
        sum(spend) filter (where level = 'ad_group') as ad_group_level_spend,
        sum(spend) filter (where level = 'campaign') as campaign_level_spend,
        sum(spend) filter (where level = 'account') as account_level_spend
    from platform_levels
    group by
        platform,
        ad_account_id,
        month,
        currency

),

stated_days as (

    select
        platform,
        ad_account_id,
        month,
        currency,
        sum(spend) as spend,
        stat_date
    from platform_spend
    group by
        platform,
        ad_account_id,
        month,
        currency,
        stat_date

),

account_days as (

    select
        platform,
        ad_account_id,
        currency,
        spend,
        stat_date
    from platform_levels
    where level = 'account'

),

stated_months as (

    select
        stated_days.platform,
        stated_days.ad_account_id,
        stated_days.month,
        stated_days.currency,
        sum(stated_days.spend) as stated_spend,
        coalesce(sum(stated_days.spend - account_days.spend), 0) as over_account_spend
    from stated_days
    left join account_days
        on
            stated_days.platform = account_days.platform
            and stated_days.ad_account_id = account_days.ad_account_id
            and stated_days.currency = account_days.currency
            and stated_days.stat_date = account_days.stat_date
    group by
        stated_days.platform,
        stated_days.ad_account_id,
        stated_days.month,
        stated_days.currency

),

report_months as (

    select
        level_months.*,
        coalesce(stated_months.stated_spend, 0) as stated_spend,
        coalesce(stated_months.over_account_spend, 0) as over_account_spend
    from level_months
    left join stated_months
        on
            level_months.platform = stated_months.platform
            and level_months.ad_account_id
            is not distinct from stated_months.ad_account_id
            and level_months.month = stated_months.month
            and level_months.currency = stated_months.currency

)

select * from report_months
