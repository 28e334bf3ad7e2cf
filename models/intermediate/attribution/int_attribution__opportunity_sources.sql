-- Grain: one row per opportunity, with what sourced it.
-- The declared source decides where it maps to a kind: the primary campaign, else the
-- lead source; else the earliest touch of the journey before creation, of any kind.

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

),

first_touches as (

    select
        conversion_id as opportunity_id,
        channel,
        campaign_id,
        is_marketing,
        is_sales
    from {{ ref('int_attribution__journey_touches') }}
    where conversion_type = 'opportunity'
    qualify row_number() over (
        partition by conversion_id
        order by touched_at asc, touchpoint_id asc
    ) = 1

),

opportunity_sources as (

    select
        opportunities.opportunity_id,
        case
            when campaigns.campaign_id is not null then 'primary_campaign'
            when lead_sources.kind is not null then 'lead_source'
            when first_touches.opportunity_id is not null then 'first_touch'
            else 'none'
        end as source_basis,
        case
            when campaigns.campaign_id is not null
                then coalesce(channel_kinds.kind, 'marketing')
            when lead_sources.kind is not null then lead_sources.kind
            when first_touches.is_marketing then 'marketing'
            when first_touches.is_sales then 'sales'
            when first_touches.opportunity_id is not null then 'direct'
            else 'unknown'
        end as source_kind,
        case
            when campaigns.campaign_id is not null then campaigns.channel
            when lead_sources.kind is not null then lead_sources.channel
            else first_touches.channel
        end as sourced_channel,
        case
            when campaigns.campaign_id is not null then campaigns.campaign_id
            when lead_sources.kind is null then first_touches.campaign_id
        end as sourced_campaign_id
    from opportunities
    left join campaigns
        on opportunities.primary_campaign_id = campaigns.campaign_id
    left join channel_kinds
        on campaigns.channel = channel_kinds.channel
    left join lead_sources
        on opportunities.lead_source_value = lead_sources.source_value
    left join first_touches
        on opportunities.opportunity_id = first_touches.opportunity_id

)

select * from opportunity_sources
