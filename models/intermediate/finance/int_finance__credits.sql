-- Grain: one row per conversion and touch that the default model credits, and per
-- conversion that none credits, which stands under the channel unattributed.

with

attribution_credits as (

    select * from {{ ref('fct_attribution_credits') }}
    where attribution_model = '{{ var("default_attribution_model") }}'

),

unattributed_conversions as (

    select * from {{ ref('fct_unattributed_conversions') }}

),

touchpoints as (

    select
        touchpoint_id,
        utm_campaign
    from {{ ref('fct_touchpoints') }}
    where campaign_id is null and utm_campaign is not null

),

campaign_keys as (

    select
        campaign_id,
        campaign_key
    from {{ ref('int_finance__campaign_keys') }}

),

named_campaigns as (

    -- A name that stands for several campaigns tells none of them.
    select
        name_key,
        min(campaign_key) as campaign_key
    from {{ ref('int_finance__campaign_keys') }}
    where name_key is not null
    group by name_key
    having count(distinct campaign_key) = 1

),

utm_campaigns as (

    -- Millions of touches have thousands of names: the key is made of each name once.
    select
        utm_campaign,
        {{ campaign_name_key('utm_campaign') }} as name_key
    from touchpoints
    group by utm_campaign

),

named_touches as (

    select
        touchpoints.touchpoint_id,
        named_campaigns.campaign_key
    from touchpoints
    inner join utm_campaigns
        on touchpoints.utm_campaign = utm_campaigns.utm_campaign
    inner join named_campaigns
        on utm_campaigns.name_key = named_campaigns.name_key

),

credits as (

    select
        attribution_credits.conversion_type,
        attribution_credits.conversion_id,
        attribution_credits.touchpoint_id,
        attribution_credits.channel,
        coalesce(
            campaign_keys.campaign_key,
            attribution_credits.campaign_id,
            named_touches.campaign_key
        ) as campaign_id,
        attribution_credits.segment,
        {{ exact_share('attribution_credits.weight') }} as share,
        attribution_credits.credit_usd,
        attribution_credits.converted_at
    from attribution_credits
    left join campaign_keys
        on attribution_credits.campaign_id = campaign_keys.campaign_id
    left join named_touches
        on attribution_credits.touchpoint_id = named_touches.touchpoint_id
    union all
    select
        conversion_type,
        conversion_id,
        null as touchpoint_id,
        'unattributed' as channel,
        null as campaign_id,
        segment,
        {{ exact_share('1') }} as share,
        cast(amount_usd as decimal(28, 10)) as credit_usd,
        converted_at
    from unattributed_conversions

)

select * from credits
