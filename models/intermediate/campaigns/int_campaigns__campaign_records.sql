-- Grain: one row per campaign of any source.
-- A report names campaigns that no list of campaigns has landed for: a file from a
-- platform's own screens is all that tells of them. The latest name stands.

with

listed_campaigns as (

    select * from {{ ref('int_campaigns__listed_campaigns') }}

),

reported_campaigns as (

    select
        platform,
        campaign_id,
        campaign_name,
        currency,
        stat_date as reported_on
    from {{ ref('int_campaigns__platform_levels') }}
    where
        campaign_id is not null and campaign_name is not null and not is_after_as_of
    union all
    select
        source as platform,
        campaign_id,
        campaign_name,
        currency,
        ends_on as reported_on
    from {{ ref('int_campaigns__export_reports') }}
    where campaign_id is not null and campaign_name is not null

),

platforms as (

    select
        platform_alias,
        default_channel
    from {{ ref('platforms') }}

),

unlisted_campaigns as (

    select reported_campaigns.*
    from reported_campaigns
    left join listed_campaigns
        on reported_campaigns.campaign_id = listed_campaigns.campaign_id
    where listed_campaigns.campaign_id is null
    qualify
        row_number() over (
            partition by reported_campaigns.campaign_id
            order by
                reported_campaigns.reported_on desc,
                reported_campaigns.campaign_name asc,
                reported_campaigns.currency asc
        ) = 1

),

campaign_records as (

    select * from listed_campaigns
    union all
    select
        unlisted_campaigns.campaign_id,
        unlisted_campaigns.platform as source,
        split_part(unlisted_campaigns.campaign_id, ':', 2) as record_id,
        cast(null as string) as parent_campaign_id,
        cast(null as string) as owner_id,
        unlisted_campaigns.campaign_name,
        platforms.default_channel as channel,
        cast(null as string) as campaign_type,
        cast(null as string) as status,
        cast(null as string) as utm_campaign,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        cast(null as decimal(28, 6)) as budget,
        unlisted_campaigns.currency
    from unlisted_campaigns
    left join platforms
        on unlisted_campaigns.platform = platforms.platform_alias

)

select * from campaign_records
