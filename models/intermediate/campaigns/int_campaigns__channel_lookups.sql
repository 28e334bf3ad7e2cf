-- Grain: one row per distinct combination of what a channel can be told from.
-- Rules are matched here, on thousands of combinations instead of millions of touches.
-- A combination of a campaign type alone serves the campaigns themselves.

with

touch_signals as (

    select
        touch_type,
        utm_source,
        utm_medium,
        click_id_type,
        external_referrer_host,
        campaign_type
    from {{ ref('int_campaigns__touch_records') }}
    where given_channel is null and not is_direct_visit
    group by
        touch_type,
        utm_source,
        utm_medium,
        click_id_type,
        external_referrer_host,
        campaign_type

),

campaign_signals as (

    select
        cast(null as string) as touch_type,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as click_id_type,
        cast(null as string) as external_referrer_host,
        lower(campaign_type) as campaign_type
    from {{ ref('int_campaigns__campaign_records') }}
    where channel is null and campaign_type is not null
    group by lower(campaign_type)

),

channel_rules as (

    select
        rule_id,
        priority,
        {{ clean_text('touch_type') }} as touch_type,
        {{ clean_text('utm_source') }} as utm_source,
        {{ clean_text('utm_medium') }} as utm_medium,
        {{ clean_text('click_id_type') }} as click_id_type,
        {{ clean_text('referrer_host') }} as referrer_host,
        {{ clean_text('campaign_type') }} as campaign_type,
        channel
    from {{ ref('channel_rules') }}

),

signals as (

    select * from touch_signals
    union all
    select * from campaign_signals

),

channel_lookups as (

    select
        signals.touch_type,
        signals.utm_source,
        signals.utm_medium,
        signals.click_id_type,
        signals.external_referrer_host,
        signals.campaign_type,
        min_by(channel_rules.rule_id, channel_rules.priority) as rule_id,
        min_by(channel_rules.channel, channel_rules.priority) as channel
    from signals
    inner join channel_rules
        on
            (
                channel_rules.touch_type is null
                or signals.touch_type like channel_rules.touch_type
            )
            and (
                channel_rules.utm_source is null
                or lower(signals.utm_source) like channel_rules.utm_source
            )
            and (
                channel_rules.utm_medium is null
                or lower(signals.utm_medium) like channel_rules.utm_medium
            )
            and (
                channel_rules.click_id_type is null
                or signals.click_id_type like channel_rules.click_id_type
            )
            and (
                channel_rules.referrer_host is null
                or signals.external_referrer_host like channel_rules.referrer_host
            )
            and (
                channel_rules.campaign_type is null
                or signals.campaign_type like channel_rules.campaign_type
            )
    group by
        signals.touch_type,
        signals.utm_source,
        signals.utm_medium,
        signals.click_id_type,
        signals.external_referrer_host,
        signals.campaign_type

)

select * from channel_lookups
