-- Grain: one row per touchpoint and UTM rule that its link breaks.

with

broken_rules as (

    select
        *,
        coalesce(
            {{ reporting_date('touched_at') }}, {{ reporting_date(as_of()) }}
        ) as touched_on
    from {{ ref('int_campaigns__utm_broken_rules') }}

),

utm_values as (

    select * from {{ ref('int_campaigns__utm_values') }}

),

utm_rules as (

    select
        *,
        coalesce(effective_to, cast('9999-12-31' as date)) as ends_on
    from {{ ref('utm_rules') }}

),

campaigns as (

    select
        campaign_id,
        lower(coalesce(utm_campaign, campaign_name)) as link_campaign
    from {{ ref('dim_campaigns') }}

),

spend_days as (

    select
        campaign_id,
        spend_usd
    from {{ ref('fct_ad_spend_days') }}
    where campaign_id is not null

),

link_campaigns as (

    -- One campaign stands in several systems, under ids of their own.
    select
        campaigns.link_campaign,
        cast(sum(spend_days.spend_usd) as decimal(28, 6)) as spend_usd
    from campaigns
    left join spend_days
        on campaigns.campaign_id = spend_days.campaign_id
    group by campaigns.link_campaign

),

violations as (

    select
        broken_rules.touchpoint_id,
        broken_rules.utm_rule_id,
        broken_rules.campaign_id,
        link_campaigns.link_campaign,
        utm_rules.rule,
        broken_rules.parameter,
        utm_values.shown_value as utm_value,
        broken_rules.suggested_value,
        utm_rules.severity,
        utm_rules.owner,
        utm_rules.fix,
        link_campaigns.spend_usd as campaign_spend_usd,
        broken_rules.touched_at
    from broken_rules
    inner join utm_rules
        on
            broken_rules.utm_rule_id = utm_rules.utm_rule_id
            and broken_rules.touched_on >= utm_rules.effective_from
            and broken_rules.touched_on < utm_rules.ends_on
    left join utm_values
        on
            broken_rules.parameter = utm_values.parameter
            and broken_rules.utm_value = utm_values.utm_value
    left join campaigns
        on broken_rules.campaign_id = campaigns.campaign_id
    left join link_campaigns
        on
            coalesce(campaigns.link_campaign, lower(broken_rules.utm_campaign))
            = link_campaigns.link_campaign

)

select * from violations
