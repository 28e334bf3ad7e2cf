-- Grain: one row per cost: what the generic files state, what the platforms say and
-- what files from a platform's own screens hold.
-- Several may tell of the same money; the least report_order is to stand. Up to the #
-- it ranks the report: a connector's (0), then an exported one (1), by campaign before
-- its parts, undivided before divided, by day before by range, then a generic file (9).
-- After it come the shortest, the earliest, and the one with ids.

with

generic_spend as (

    select * from {{ ref('stg_generic__spend') }}

),

export_spend as (

    select
        *,
        case
            when
                {{ dbt.datediff('starts_on', 'ends_on', 'day') }}
                between 1 and {{ max_spend_days() }} - 1
                then {{ dbt.datediff('starts_on', 'ends_on', 'day') }}
            else 0
        end as span_days,
        -- A whole account comes after all who name campaigns.
        case
            when report_level = 'campaign' then 1
            when report_level = 'ad_set' then 2
            when report_level = 'ad' then 3
            else 8
        end as level_rank,
        -- An ad of an unknown campaign is a part of its report, and no worse for it.
        report_level != 'account'
        and coalesce(campaign_id, campaign_name) is null as is_unknown_part
    from {{ ref('int_campaigns__export_spend') }}

),

platform_spend as (

    select * from {{ ref('int_campaigns__platform_spend') }}

),

staged_costs as (

    select
        source,
        platform,
        cast(null as varchar) as ad_account_id,
        cast(null as varchar) as unsettled_account,
        campaign_id,
        campaign_name,
        campaign_name as lookup_name,
        channel,
        cost_type,
        'entered' as spend_level,
        '9#' as report_order,
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
        cast(null as varchar) as unsettled_account,
        campaign_id,
        campaign_name,
        cast(null as varchar) as lookup_name,
        cast(null as varchar) as channel,
        'media' as cost_type,
        spend_level,
        '0#' as report_order,
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
        cast(null as varchar) as channel,
        'media' as cost_type,
        'exported' as spend_level,
        concat_ws(
            '|',
            '1',
            cast(level_rank as varchar(1)),
            case when breakdown is null then '0' else '1' end,
            case when span_days = 0 then coalesce('0|' || breakdown, '0') else '1' end,
            '#',
            lpad(cast(span_days as varchar(10)), 10, '0'),
            cast(starts_on as varchar(10)),
            case when has_campaign_id or is_unknown_part then '0' else '1' end,
            case when has_account_id or is_unknown_part then '0' else '1' end,
            breakdown
        ) as report_order,
        spend as amount,
        currency,
        impressions,
        clicks,
        starts_on,
        ends_on
    from export_spend

)

select * from staged_costs
