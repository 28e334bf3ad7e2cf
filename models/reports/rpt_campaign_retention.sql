-- Grain: one row per campaign and channel that customers were won by: what became of
-- them in the year up to the last whole month before as_of.

with

last_months as (

    select * from {{ ref('fct_retention_months') }}
    where campaign_id is not null and {{ is_last_month('month') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name
    from {{ ref('dim_campaigns') }}

),

campaign_ends as (

    select
        campaign_id,
        channel,
        {{ retention_sums() }}
    from last_months
    group by
        campaign_id,
        channel

),

campaign_retention as (

    select
        campaign_ends.campaign_id,
        campaigns.campaign_name,
        campaign_ends.channel,
        cast(campaign_ends.customers as double) as customers,
        cast(campaign_ends.mrr_usd as decimal(28, 2)) as mrr_usd,
        {{ retention_ratios() }},
        cast(campaign_ends.kept_customers as double)
        / nullif(cast(campaign_ends.year_ago_customers as double), 0)
            as customer_retention
    from campaign_ends
    left join campaigns
        on campaign_ends.campaign_id = campaigns.campaign_id

)

select * from campaign_retention
