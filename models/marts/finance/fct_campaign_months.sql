-- Grain: one row per month, campaign and channel: what was spent and what the default
-- attribution model credits it with. What names no campaign has none, so that the sums
-- are those of the channels.

with

spend_months as (

    select * from {{ ref('fct_spend_months') }}

),

campaign_keys as (

    select
        campaign_id,
        campaign_key
    from {{ ref('int_finance__campaign_keys') }}

),

campaign_spend as (

    select
        spend_months.month,
        coalesce(campaign_keys.campaign_key, spend_months.campaign_id) as campaign_id,
        spend_months.channel,
        spend_months.spend_usd
    from spend_months
    left join campaign_keys
        on spend_months.campaign_id = campaign_keys.campaign_id

),

credit_months as (

    select * from {{ ref('int_finance__credit_months') }}

),

parts as (

    {{ economics_parts(
        'campaign_spend', 'credit_months', ['month', 'campaign_id', 'channel']
    ) }}

),

campaign_months as (

    select
        month,
        campaign_id,
        channel,
        {{ economics_totals() }}
    from parts
    group by
        month,
        campaign_id,
        channel

)

select * from campaign_months
