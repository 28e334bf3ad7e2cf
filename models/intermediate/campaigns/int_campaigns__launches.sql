-- Grain: one row per campaign's link name, with the moment of its launch.
-- The last deployment step tells it, else the first day, else the first sign of life.

with

campaign_links as (

    select * from {{ ref('int_campaigns__campaign_links') }}

),

campaigns as (

    select
        campaign_id,
        start_date
    from {{ ref('dim_campaigns') }}

),

last_steps as (

    select max_by(step, step_order) as step
    from {{ ref('deployment_steps') }}

),

attempts as (

    select
        campaign_id,
        step,
        completed_at
    from {{ ref('fct_campaign_deployments') }}

),

deployments as (

    select
        attempts.campaign_id,
        attempts.completed_at
    from attempts
    inner join last_steps on attempts.step = last_steps.step

),

touches as (

    select
        link_campaign,
        min(touched_at) as seen_at
    from {{ ref('int_campaigns__touch_links') }}
    where link_campaign is not null
    group by link_campaign

),

mails as (

    select
        test_id as campaign_id,
        min(occurred_at) as seen_at
    from {{ ref('int_campaigns__variant_mails') }}
    where event_type = 'sent'
    group by test_id

),

spend_days as (

    select
        campaign_id,
        cast(min(spend_date) as timestamp) as seen_at
    from {{ ref('fct_ad_spend_days') }}
    where spend_amount != 0
    group by campaign_id

),

signs as (

    select
        campaign_links.link_campaign,
        min(deployments.completed_at) as completed_at,
        min({{ reporting_midnight('campaigns.start_date') }}) as starts_at,
        least(min(touches.seen_at), min(mails.seen_at), min(spend_days.seen_at))
            as seen_at
    from campaign_links
    inner join campaigns on campaign_links.campaign_id = campaigns.campaign_id
    left join deployments on campaign_links.campaign_id = deployments.campaign_id
    left join touches on campaign_links.link_campaign = touches.link_campaign
    left join mails on campaign_links.campaign_id = mails.campaign_id
    left join spend_days on campaign_links.campaign_id = spend_days.campaign_id
    group by campaign_links.link_campaign

),

launches as (

    select
        link_campaign,
        coalesce(completed_at, starts_at, seen_at) as launched_at,
        coalesce(coalesce(completed_at, starts_at, seen_at) <= {{ as_of() }}, false)
            as has_launched
    from signs

)

select * from launches
