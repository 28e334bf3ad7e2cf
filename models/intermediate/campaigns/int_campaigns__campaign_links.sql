-- Grain: one row per campaign, with the one name by which it goes in every system.
-- A campaign stands in the CRM, in the mail tool and on the ad platform. What joins
-- them is the name, and the CRM's utm_campaign for that name is what links carry.

with

campaigns as (

    select
        campaign_id,
        lower(campaign_name) as campaign_key,
        lower(utm_campaign) as utm_campaign
    from {{ ref('dim_campaigns') }}

),

ab_emails as (

    select * from {{ ref('stg_hubspot__ab_emails') }}

),

tests as (

    select
        campaigns.campaign_id,
        coalesce(masters.campaign_key, campaigns.campaign_key) as campaign_key,
        campaigns.utm_campaign
    from campaigns
    left join ab_emails on campaigns.campaign_id = ab_emails.campaign_id
    left join campaigns as masters on ab_emails.test_campaign_id = masters.campaign_id

),

named_links as (

    select
        campaign_key,
        max(utm_campaign) as utm_campaign
    from campaigns
    where utm_campaign is not null
    group by campaign_key
    having count(distinct utm_campaign) = 1

),

campaign_links as (

    select
        tests.campaign_id,
        coalesce(
            tests.utm_campaign,
            named_links.utm_campaign,
            tests.campaign_key,
            tests.campaign_id
        ) as link_campaign,
        tests.utm_campaign is not null as has_own_utm
    from tests
    left join named_links on tests.campaign_key = named_links.campaign_key

)

select * from campaign_links
