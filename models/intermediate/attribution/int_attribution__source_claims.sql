-- Grain: one row per opportunity and basis that has an answer to who sourced it.

with

opportunities as (

    select
        opportunity_id,
        primary_campaign_id,
        lower(trim(declared_lead_source)) as lead_source_value
    from {{ ref('fct_opportunity_outcomes') }}

),

campaigns as (

    select
        campaign_id,
        channel
    from {{ ref('dim_campaigns') }}

),

channel_kinds as (

    select
        channel,
        kind
    from {{ ref('channel_kinds') }}

),

lead_sources as (

    select
        source_value,
        kind,
        channel
    from {{ ref('lead_sources') }}
    where kind is not null

),

conversion_people as (

    select * from {{ ref('int_attribution__conversion_people') }}
    where conversion_type = 'opportunity'

),

conversions as (

    select
        conversion_key,
        conversion_id
    from {{ ref('int_attribution__conversions') }}
    where conversion_type = 'opportunity'

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

first_touches as (

    select
        conversions.conversion_id as opportunity_id,
        touchpoints.channel,
        touchpoints.campaign_id,
        touchpoints.is_marketing,
        touchpoints.is_sales
    from conversion_people
    inner join conversions
        on conversion_people.conversion_key = conversions.conversion_key
    inner join touchpoints
        on conversion_people.person_key = touchpoints.person_key
    where {{ is_of_journey() }}
    qualify row_number() over (
        partition by conversion_people.conversion_key
        order by touchpoints.touched_at asc, touchpoints.touchpoint_id asc
    ) = 1

),

source_claims as (

    select
        opportunities.opportunity_id,
        'primary_campaign' as source_basis,
        coalesce(channel_kinds.kind, 'marketing') as source_kind,
        campaigns.channel as sourced_channel,
        campaigns.campaign_id as sourced_campaign_id
    from opportunities
    inner join campaigns
        on opportunities.primary_campaign_id = campaigns.campaign_id
    left join channel_kinds
        on campaigns.channel = channel_kinds.channel
    union all
    select
        opportunities.opportunity_id,
        'lead_source' as source_basis,
        lead_sources.kind as source_kind,
        lead_sources.channel as sourced_channel,
        cast(null as string) as sourced_campaign_id
    from opportunities
    inner join lead_sources
        on opportunities.lead_source_value = lead_sources.source_value
    union all
    select
        opportunity_id,
        'first_touch' as source_basis,
        case
            when is_marketing then 'marketing'
            when is_sales then 'sales'
            else 'direct'
        end as source_kind,
        channel as sourced_channel,
        campaign_id as sourced_campaign_id
    from first_touches

)

select * from source_claims
