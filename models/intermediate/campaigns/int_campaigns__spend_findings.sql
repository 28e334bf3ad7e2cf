-- Grain: one row per campaign, or none, and kind of finding about its cost.
-- Who responded is asked of every system in which the campaign stands.

with

spend_days as (

    select
        campaign_id,
        spend_usd,
        has_exchange_rate,
        cast(spend_date as timestamp) as spent_at
    from {{ ref('fct_ad_spend_days') }}
    where spend_amount != 0

),

campaign_links as (

    select * from {{ ref('int_campaigns__campaign_links') }}

),

responses as (

    select link_campaign
    from {{ ref('int_campaigns__touch_links') }}
    where is_response and link_campaign is not null
    group by link_campaign

),

spend_kinds as (

    select
        spend_days.*,
        case
            when spend_days.campaign_id is null then 'spend_without_campaign'
            when campaign_links.campaign_id is null then 'spend_of_unlisted_campaign'
            when responses.link_campaign is null then 'spend_without_responses'
        end as finding_kind
    from spend_days
    left join campaign_links on spend_days.campaign_id = campaign_links.campaign_id
    left join responses on campaign_links.link_campaign = responses.link_campaign

),

spend_findings as (

    select
        campaign_id,
        finding_kind,
        count(*) as findings,
        count_if(not has_exchange_rate) as unpriced_findings,
        sum(spend_usd) as amount_usd,
        min(spent_at) as first_found_at,
        max(spent_at) as last_found_at
    from spend_kinds
    where finding_kind is not null
    group by campaign_id, finding_kind

)

select * from spend_findings
