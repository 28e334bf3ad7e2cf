-- Grain: one row per staged cost, with its platform, campaign and channel settled.
-- A campaign is known by its key, by the id that its platform gives it, by a name that
-- one campaign of its platform has, or, in a generic file, by a name that one campaign
-- of all has.

with

platforms as (

    select * from {{ ref('platforms') }}

),

spend as (

    select
        staged_costs.*,
        coalesce(platforms.platform, staged_costs.platform, 'unknown')
            as settled_platform,
        platforms.default_channel,
        {{ dbt.datediff('staged_costs.starts_on', 'staged_costs.ends_on', 'day') }}
        + 1 as day_count
    from {{ ref('int_campaigns__staged_costs') }} as staged_costs
    left join platforms
        on staged_costs.platform = platforms.platform_alias

),

campaigns as (

    select
        campaign_id,
        source,
        campaign_name,
        nullif(channel, 'unknown') as channel
    from {{ ref('dim_campaigns') }}

),

platform_names as (

    select * from {{ ref('int_campaigns__campaign_names') }}

),

unique_names as (

    select
        campaign_name,
        max(campaign_id) as campaign_id
    from campaigns
    group by campaign_name
    having count(*) = 1

),

known_spend as (

    select
        spend.*,
        coalesce(
            campaigns.campaign_id,
            platform_campaigns.campaign_id,
            platform_names.campaign_id,
            unique_names.campaign_id
        ) as known_campaign_id
    from spend
    left join campaigns
        on spend.campaign_id = campaigns.campaign_id
    left join campaigns as platform_campaigns
        on
            replace(spend.campaign_id, 'generic:', spend.settled_platform || ':')
            = platform_campaigns.campaign_id
    left join platform_names
        on
            spend.settled_platform = platform_names.source
            and lower(spend.lookup_name) = platform_names.campaign_key
    left join unique_names
        on
            case when spend.source = 'generic' then spend.lookup_name end
            = unique_names.campaign_name

),

spend_ranges as (

    select
        known_spend.source,
        known_spend.settled_platform as platform,
        known_spend.ad_account_id,
        known_spend.unsettled_account,
        coalesce(
            known_spend.channel,
            campaigns.channel,
            known_spend.default_channel,
            'unknown'
        ) as channel,
        coalesce(known_spend.known_campaign_id, known_spend.campaign_id) as campaign_id,
        coalesce(campaigns.campaign_name, known_spend.campaign_name) as campaign_name,
        known_spend.cost_type,
        known_spend.spend_level,
        known_spend.report_order,
        known_spend.is_account_total,
        coalesce(known_spend.currency, '{{ var("reporting_currency") }}') as currency,
        coalesce(known_spend.day_count between 1 and {{ most_days() }}, true)
            as has_valid_range,
        known_spend.amount,
        known_spend.impressions,
        known_spend.clicks,
        case
            when known_spend.day_count between 1 and {{ most_days() }}
                then known_spend.day_count
            else 1
        end as day_count,
        known_spend.starts_on
    from known_spend
    left join campaigns
        on known_spend.known_campaign_id = campaigns.campaign_id

)

select * from spend_ranges
