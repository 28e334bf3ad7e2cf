-- Grain: one row per UTM rule that some link breaks: how often, and how much money
-- stands behind these links.
-- A campaign and an opportunity count once within a rule. Rules overlap, so no figure
-- adds up over rules.

with

violations as (

    select * from {{ ref('fct_utm_violations') }}

),

opportunity_touches as (

    select
        conversion_id as opportunity_id,
        touchpoint_id
    from {{ ref('fct_attribution_credits') }}
    where conversion_type = 'opportunity'
    group by
        conversion_id,
        touchpoint_id

),

opportunities as (

    select
        opportunity_id,
        amount_usd
    from {{ ref('fct_opportunities') }}

),

campaign_violations as (

    -- Each violation of a campaign has all of the campaign's money.
    select
        utm_rule_id,
        link_campaign,
        max(rule) as rule,
        max(parameter) as parameter,
        max(severity) as severity,
        max(owner) as owner,
        max(fix) as fix,
        count(*) as violations,
        max(campaign_spend_usd) as spend_usd
    from violations
    group by
        utm_rule_id,
        link_campaign

),

rule_violations as (

    select
        utm_rule_id,
        max(rule) as rule,
        max(parameter) as parameter,
        max(severity) as severity,
        max(owner) as owner,
        max(fix) as fix,
        cast(sum(violations) as bigint) as violations,
        sum(spend_usd) as spend_usd
    from campaign_violations
    group by utm_rule_id

),

rule_opportunities as (

    select
        violations.utm_rule_id,
        opportunity_touches.opportunity_id
    from violations
    inner join opportunity_touches
        on violations.touchpoint_id = opportunity_touches.touchpoint_id
    group by
        violations.utm_rule_id,
        opportunity_touches.opportunity_id

),

rule_pipeline as (

    select
        rule_opportunities.utm_rule_id,
        count(*) as opportunities,
        sum(opportunities.amount_usd) as pipeline_usd
    from rule_opportunities
    inner join opportunities
        on rule_opportunities.opportunity_id = opportunities.opportunity_id
    group by rule_opportunities.utm_rule_id

),

utm_governance as (

    select
        rule_violations.utm_rule_id,
        rule_violations.rule,
        rule_violations.parameter,
        rule_violations.severity,
        rule_violations.owner,
        rule_violations.fix,
        rule_violations.violations,
        coalesce(rule_pipeline.opportunities, 0) as opportunities,
        cast(coalesce(rule_violations.spend_usd, 0) as decimal(28, 6)) as spend_usd,
        cast(coalesce(rule_pipeline.pipeline_usd, 0) as decimal(28, 2)) as pipeline_usd
    from rule_violations
    left join rule_pipeline
        on rule_violations.utm_rule_id = rule_pipeline.utm_rule_id

)

select * from utm_governance
