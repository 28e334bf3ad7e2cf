-- Grain: one row per row of a cost report that a platform's own screens export, with
-- its order among those of its kind that tell of the same money.
-- Up to the # it ranks the report: undivided before divided, by day before by range.
-- After it come the shortest, the earliest, and the one with ids. What else tells rows
-- apart stands last, so that only parts of one report add up: a campaign that is told
-- under two names is one.

{{ config(materialized='view') }}

with

export_spend as (

    select
        *,
        {{ dbt.datediff('starts_on', 'ends_on', 'day') }}
            as days_between,
        -- An ad of an unknown campaign is a part of its report, and no worse for it.
        report_level != 'account'
        and coalesce(campaign_id, campaign_name) is null as is_unknown_part
    from {{ ref('int_campaigns__export_spend') }}

),

spans as (

    select
        *,
        case
            when days_between between 1 and {{ most_days() }} - 1 then days_between
            else 0
        end as span_days
    from export_spend

),

ordered_exports as (

    select
        source,
        ad_account_id,
        unsettled_account,
        campaign_id,
        campaign_name,
        'exported_' || report_level as cost_report,
        concat_ws(
            '|',
            case when breakdown is null then '0' else '1' end,
            case when span_days = 0 then coalesce('0|' || breakdown, '0') else '1' end,
            '#',
            lpad(cast(span_days as string), 10, '0'),
            cast(starts_on as string),
            case when has_campaign_id or is_unknown_part then '0' else '1' end,
            case when has_account_id or is_unknown_part then '0' else '1' end,
            breakdown,
            report_shape,
            case when report_level = 'campaign' then lower(campaign_name) end,
            currency
        ) as order_within,
        report_level = 'account' as is_account_total,
        currency,
        spend,
        impressions,
        clicks,
        starts_on,
        ends_on
    from spans

)

select * from ordered_exports
