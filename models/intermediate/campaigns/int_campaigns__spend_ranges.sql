-- Grain: one row per staged cost, with its platform, campaign and channel settled.

with

spend as (

    select
        *,
        {{ dbt.datediff('starts_on', 'ends_on', 'day') }}
        + 1 as day_count
    from {{ ref('stg_generic__spend') }}

),

platforms as (

    select
        platform_alias,
        platform,
        default_channel
    from {{ ref('platforms') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name,
        nullif(channel, 'unknown') as channel
    from {{ ref('dim_campaigns') }}

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
        coalesce(campaigns.campaign_id, unique_names.campaign_id) as known_campaign_id
    from spend
    left join campaigns
        on spend.campaign_id = campaigns.campaign_id
    left join unique_names
        on spend.campaign_name = unique_names.campaign_name

),

spend_ranges as (

    select
        coalesce(platforms.platform, known_spend.platform, 'unknown') as platform,
        coalesce(
            known_spend.channel, campaigns.channel, platforms.default_channel, 'unknown'
        ) as channel,
        coalesce(known_spend.known_campaign_id, known_spend.campaign_id) as campaign_id,
        coalesce(campaigns.campaign_name, known_spend.campaign_name) as campaign_name,
        known_spend.cost_type,
        coalesce(known_spend.currency, '{{ var("reporting_currency") }}') as currency,
        coalesce(known_spend.day_count between 1 and {{ max_spend_days() }}, true)
            as has_valid_range,
        known_spend.amount,
        known_spend.impressions,
        known_spend.clicks,
        case
            when known_spend.day_count between 1 and {{ max_spend_days() }}
                then known_spend.day_count
            else 1
        end as day_count,
        known_spend.starts_on
    from known_spend
    left join campaigns
        on known_spend.known_campaign_id = campaigns.campaign_id
    left join platforms
        on known_spend.platform = platforms.platform_alias

)

select * from spend_ranges
