-- Grain: one row per cost: what the generic files state, what the platforms say and
-- what files from a platform's own screens hold.
-- Several such files may tell of the same money. report_order tells which is to stand:
-- the one by campaign before those of its parts, the undivided one, the shortest span,
-- and the one that has the ids.

with

generic_spend as (

    select * from {{ ref('stg_generic__spend') }}

),

meta_export_spend as (

    select
        *,
        {{ dbt.datediff('starts_on', 'ends_on', 'day') }}
            as span_days
    from {{ ref('stg_meta_ads__export_spend') }}

),

platform_spend as (

    select * from {{ ref('int_campaigns__platform_spend') }}

),

staged_costs as (

    select
        source,
        platform,
        cast(null as varchar) as ad_account_id,
        campaign_id,
        campaign_name,
        campaign_name as lookup_name,
        channel,
        cost_type,
        'entered' as spend_level,
        cast(null as varchar) as report_order,
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
        campaign_id,
        campaign_name,
        cast(null as varchar) as lookup_name,
        cast(null as varchar) as channel,
        'media' as cost_type,
        spend_level,
        cast(null as varchar) as report_order,
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
        campaign_id,
        campaign_name,
        case when campaign_id is null then campaign_name end as lookup_name,
        cast(null as varchar) as channel,
        'media' as cost_type,
        'exported' as spend_level,
        concat_ws(
            '|',
            case report_level
                when 'campaign' then '1'
                when 'ad_set' then '2'
                when 'ad' then '3'
                else '4'
            end,
            case when breakdown is null then '0' else '1' end,
            lpad(cast(span_days as varchar(10)), 10, '0'),
            cast(starts_on as varchar(10)),
            case when campaign_id is null then '1' else '0' end,
            case when ad_account_id is null then '1' else '0' end,
            breakdown
        ) as report_order,
        spend as amount,
        currency,
        impressions,
        clicks,
        starts_on,
        ends_on
    from meta_export_spend

)

select * from staged_costs
