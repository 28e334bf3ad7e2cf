-- Grain: one row per fiscal quarter and campaign: what it cost and what that brought by
-- the default attribution model. Costs that name no campaign are in rows without one.

with

campaign_months as (

    select
        *,
        {{ fiscal_quarter_start('month') }} as quarter_start
    from {{ ref('fct_campaign_months') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name
    from {{ ref('dim_campaigns') }}

),

campaign_quarters as (

    select
        quarter_start,
        campaign_id,
        {{ economics_sums() }}
    from campaign_months
    group by
        quarter_start,
        campaign_id

),

campaign_ratios as (

    select
        quarter_start,
        campaign_id,
        {{ economics_ratios() }}
    from campaign_quarters

),

campaign_economics as (

    select
        campaign_ratios.quarter_start,
        campaign_ratios.campaign_id,
        campaigns.campaign_name,
        campaign_ratios.spend_usd,
        campaign_ratios.cost_per_mql_usd,
        campaign_ratios.cost_per_opportunity_usd,
        campaign_ratios.cac_usd,
        campaign_ratios.romi,
        campaign_ratios.revenue_per_usd,
        campaign_ratios.contribution_margin_usd,
        campaign_ratios.payback_months
    from campaign_ratios
    left join campaigns
        on campaign_ratios.campaign_id = campaigns.campaign_id

)

select * from campaign_economics
