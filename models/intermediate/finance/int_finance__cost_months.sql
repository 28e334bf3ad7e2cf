-- Grain: one row per month, channel, campaign and cost type of what was spent, as it
-- was charged; what names neither a channel nor a campaign stands apart.

with

spend_days as (

    select * from {{ ref('fct_ad_spend_days') }}

),

cost_months as (

    select
        cast(date_trunc('month', spend_date) as date) as month,
        channel,
        campaign_id,
        cost_type,
        channel = 'unknown' and campaign_id is null and campaign_name is null
            as is_shared,
        cast(coalesce(sum(spend_usd), 0) as decimal(28, 6)) as cost_usd,
        count(*) filter (where not has_exchange_rate) as spend_days_without_rate
    from spend_days
    group by
        cast(date_trunc('month', spend_date) as date),
        channel,
        campaign_id,
        cost_type,
        channel = 'unknown' and campaign_id is null and campaign_name is null

)

select * from cost_months
