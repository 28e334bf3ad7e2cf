-- Grain: one row per day of an account's exported total that stands, with what of it no
-- exported campaign of the account accounts for.
-- The total of the whole report is held against the campaigns of its days, and what is
-- left is spread over the days as the total is, exactly. A total that the campaigns
-- exceed leaves nothing.

with

exported_days as (

    select
        spend_days.cost_day_id,
        spend_days.platform,
        spend_days.ad_account_id,
        spend_days.unsettled_account,
        spend_days.report_order,
        spend_days.is_account_total,
        spend_days.currency,
        spend_days.amount,
        coalesce(spend_days.impressions, 0) as impressions,
        coalesce(spend_days.clicks, 0) as clicks,
        spend_days.spend_date
    from {{ ref('int_campaigns__spend_days') }} as spend_days
    left join {{ ref('int_campaigns__superseded_costs') }} as superseded_costs
        on spend_days.cost_day_id = superseded_costs.cost_day_id
    where
        spend_days.spend_level = 'exported'
        and not spend_days.is_after_as_of
        and superseded_costs.cost_day_id is null

),

total_days as (

    select * from exported_days
    where is_account_total

),

campaign_days as (

    select * from exported_days
    where not is_account_total

),

placed_campaign_days as (

    -- A campaign of no known account is taken from one total alone.
    select
        total_days.cost_day_id,
        campaign_days.amount,
        campaign_days.impressions,
        campaign_days.clicks
    from campaign_days
    inner join total_days
        on
            campaign_days.platform = total_days.platform
            and campaign_days.currency = total_days.currency
            and campaign_days.spend_date = total_days.spend_date
            and coalesce(campaign_days.ad_account_id = total_days.ad_account_id, true)
            and coalesce(
                campaign_days.unsettled_account = total_days.unsettled_account, true
            )
    qualify
        row_number() over (
            partition by campaign_days.cost_day_id
            order by
                coalesce(
                    campaign_days.ad_account_id = total_days.ad_account_id, false
                ) desc,
                total_days.cost_day_id asc
        ) = 1

),

told_days as (

    select
        cost_day_id,
        sum(amount) as amount,
        sum(impressions) as impressions,
        sum(clicks) as clicks
    from placed_campaign_days
    group by cost_day_id

),

account_remainders as (

    select
        total_days.cost_day_id,
        {{ remainder_share('amount', 'decimal(28, 6)', 6) }} as amount,
        {{ remainder_share('impressions', 'bigint', 0) }} as impressions,
        {{ remainder_share('clicks', 'bigint', 0) }} as clicks
    from total_days
    left join told_days
        on total_days.cost_day_id = told_days.cost_day_id
    window
        reports as (
            partition by
                total_days.platform,
                total_days.ad_account_id,
                total_days.unsettled_account,
                total_days.currency,
                total_days.report_order
        ),
        days as (
            partition by
                total_days.platform,
                total_days.ad_account_id,
                total_days.unsettled_account,
                total_days.currency,
                total_days.report_order
            order by total_days.spend_date
            rows between unbounded preceding and current row
        )

)

select * from account_remainders
