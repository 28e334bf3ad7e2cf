-- Grain: one row per campaign of any source.

with

campaign_records as (

    select
        *,
        coalesce(start_date, {{ reporting_date(as_of()) }}) as judged_on
    from {{ ref('int_campaigns__campaign_records') }}

),

typed_channels as (

    select
        campaign_type,
        channel
    from {{ ref('int_campaigns__channel_lookups') }}
    where
        touch_type is null
        and utm_source is null
        and utm_medium is null
        and click_id_type is null
        and external_referrer_host is null

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

naming_rules as (

    select
        pattern,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('naming_rules') }}
    where asset_type = 'campaigns' and field = 'campaign_name'

),

name_breaches as (

    select campaign_records.campaign_id
    from campaign_records
    inner join naming_rules
        on
            campaign_records.judged_on >= naming_rules.effective_from
            and campaign_records.judged_on < naming_rules.effective_to
    where
        coalesce(
            regexp_extract(campaign_records.campaign_name, naming_rules.pattern, 0), ''
        ) = ''
    group by campaign_records.campaign_id

),

campaigns as (

    select
        campaign_records.campaign_id,
        campaign_records.source,
        campaign_records.parent_campaign_id,
        campaign_records.owner_id,
        campaign_records.campaign_name,
        coalesce(campaign_records.channel, typed_channels.channel, 'unknown')
            as channel,
        campaign_records.campaign_type,
        campaign_records.status,
        campaign_records.utm_campaign,
        name_breaches.campaign_id is null as is_name_compliant,
        {{ converted(
            'campaign_records.budget', 'exchange_rates.reporting_per_unit', 18, 2
        ) }} as budget_usd,
        campaign_records.start_date,
        campaign_records.end_date
    from campaign_records
    left join typed_channels
        on lower(campaign_records.campaign_type) = typed_channels.campaign_type
    left join exchange_rates
        on
            coalesce(campaign_records.currency, '{{ var("reporting_currency") }}')
            = exchange_rates.currency
            and campaign_records.judged_on >= exchange_rates.valid_from
            and campaign_records.judged_on < exchange_rates.valid_to
    left join name_breaches
        on campaign_records.campaign_id = name_breaches.campaign_id

)

select * from campaigns
