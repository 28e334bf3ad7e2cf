-- Grain: one row per cost: what the generic files state, what the platforms say and
-- what files from a platform's own screens hold.
-- Several may tell of the same money; the least report_order is to stand. Up to the #
-- it ranks the report.

with

report_ranks as (

    select * from {{ ref('cost_report_ranks') }}

),

generic_spend as (

    select * from {{ ref('stg_generic__spend') }}

),

export_spend as (

    select * from {{ ref('int_campaigns__ordered_exports') }}

),

platform_spend as (

    select * from {{ ref('int_campaigns__platform_spend') }}

),

costs as (

    select
        source,
        platform,
        cast(null as string) as ad_account_id,
        cast(null as string) as unsettled_account,
        campaign_id,
        campaign_name,
        campaign_name as lookup_name,
        channel,
        cost_type,
        'entered' as spend_level,
        'entered' as cost_report,
        '#' as order_within,
        false as is_account_total,
        amount,
        currency,
        impressions,
        clicks,
        starts_on,
        ends_on
    from generic_spend
    union all
    select
        platform as source,
        platform,
        ad_account_id,
        cast(null as string) as unsettled_account,
        campaign_id,
        campaign_name,
        cast(null as string) as lookup_name,
        cast(null as string) as channel,
        'media' as cost_type,
        spend_level,
        'connector' as cost_report,
        '#' as order_within,
        false as is_account_total,
        spend as amount,
        currency,
        impressions,
        clicks,
        stat_date as starts_on,
        stat_date as ends_on
    from platform_spend
    union all
    select
        source,
        source as platform,
        ad_account_id,
        unsettled_account,
        campaign_id,
        campaign_name,
        case when campaign_id is null then campaign_name end as lookup_name,
        cast(null as string) as channel,
        'media' as cost_type,
        'exported' as spend_level,
        cost_report,
        order_within,
        is_account_total,
        spend as amount,
        currency,
        impressions,
        clicks,
        starts_on,
        ends_on
    from export_spend

),

staged_costs as (

    select
        costs.source,
        costs.platform,
        costs.ad_account_id,
        costs.unsettled_account,
        costs.campaign_id,
        costs.campaign_name,
        costs.lookup_name,
        costs.channel,
        costs.cost_type,
        costs.spend_level,
        report_ranks.report_rank || '|' || costs.order_within as report_order,
        costs.is_account_total,
        costs.amount,
        costs.currency,
        costs.impressions,
        costs.clicks,
        costs.starts_on,
        costs.ends_on
    from costs
    left join report_ranks
        on costs.cost_report = report_ranks.cost_report

)

select * from staged_costs
