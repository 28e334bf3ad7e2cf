-- Grain: one row per staged cost, with its platform, campaign and channel settled.

with

spend as (

    select * from {{ ref('stg_generic__spend') }}

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
        max(campaign_id) as campaign_id,
        max(channel) as channel
    from campaigns
    group by campaign_name
    having count(*) = 1

),

day_counts as (

    select
        *,
        {{ dbt.datediff('starts_on', 'coalesce(ends_on, starts_on)', 'day') }} + 1
            as day_count
    from spend

),

spend_ranges as (

    select
        coalesce(platforms.platform, day_counts.platform, 'unknown') as platform,
        coalesce(
            day_counts.channel,
            campaigns.channel,
            unique_names.channel,
            platforms.default_channel,
            'unknown'
        ) as channel,
        coalesce(
            campaigns.campaign_id, unique_names.campaign_id, day_counts.campaign_id
        ) as campaign_id,
        coalesce(campaigns.campaign_name, day_counts.campaign_name) as campaign_name,
        day_counts.cost_type,
        coalesce(day_counts.currency, '{{ var("reporting_currency") }}') as currency,
        day_counts.day_count between 1 and {{ max_spend_days() }} as has_valid_range,
        day_counts.amount,
        day_counts.impressions,
        day_counts.clicks,
        case
            when day_counts.day_count between 1 and {{ max_spend_days() }}
                then day_counts.day_count
            else 1
        end as day_count,
        day_counts.starts_on
    from day_counts
    left join platforms
        on day_counts.platform = platforms.platform_alias
    left join campaigns
        on day_counts.campaign_id = campaigns.campaign_id
    left join unique_names
        on
            campaigns.campaign_id is null
            and day_counts.campaign_name = unique_names.campaign_name

)

select * from spend_ranges
