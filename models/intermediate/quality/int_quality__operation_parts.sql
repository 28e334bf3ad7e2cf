-- Grain: one row per metric of e-mail, launches or tools, and event, campaign or month
-- of a tool that it counts: its parts.

{{ config(materialized='view') }}

with

email_checks as (

    select * from {{ ref('int_quality__email_checks') }}
    where check_name = 'email_deliverability_rate'

),

deployments as (

    select
        campaign_id,
        step,
        completed_at
    from {{ ref('fct_campaign_deployments') }}

),

campaigns as (

    select
        campaign_id,
        source,
        owner_id,
        channel
    from {{ ref('dim_campaigns') }}

),

tool_months as (

    select
        month,
        minutes_due,
        minutes_down
    from {{ ref('fct_tool_months') }}
    where is_critical

),

launches as (

    -- From the first approval to the first launch: what is done again in between takes
    -- time as well.
    select
        campaign_id,
        min(case when step = 'approval' then completed_at end) as approved_at,
        min(case when step = 'launch' then completed_at end) as launched_at
    from deployments
    group by campaign_id

),

operation_parts as (

    select
        'email_deliverability_rate' as metric,
        {{ reporting_month('happened_at') }} as month,
        cast(null as string) as channel,
        segment,
        cast(null as string) as campaign_id,
        owner_id,
        source,
        {{ metric_part('numerator') }} as numerator,
        {{ metric_part('denominator') }} as denominator
    from email_checks
    union all
    select
        'campaign_deployment_cycle_days' as metric,
        {{ reporting_month('launches.launched_at') }} as month,
        coalesce(campaigns.channel, 'unknown') as channel,
        cast(null as string) as segment,
        launches.campaign_id,
        coalesce(campaigns.owner_id, 'unknown') as owner_id,
        coalesce(campaigns.source, split_part(launches.campaign_id, ':', 1)) as source,
        {{ metric_part(
            dbt.datediff('launches.approved_at', 'launches.launched_at', 'second')
            ~ ' / 86400e0'
        ) }} as numerator,
        {{ metric_part('1') }} as denominator
    from launches
    left join campaigns
        on launches.campaign_id = campaigns.campaign_id
    where launches.approved_at <= launches.launched_at
    union all
    select
        'system_uptime_rate' as metric,
        month,
        cast(null as string) as channel,
        cast(null as string) as segment,
        cast(null as string) as campaign_id,
        cast(null as string) as owner_id,
        cast(null as string) as source,
        {{ metric_part('minutes_due - minutes_down') }} as numerator,
        {{ metric_part('minutes_due') }} as denominator
    from tool_months

)

select * from operation_parts
