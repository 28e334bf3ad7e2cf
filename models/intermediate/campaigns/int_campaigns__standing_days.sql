-- Grain: one row per media cost of a day from a file that no better figures replace.

with

spend_days as (

    select
        *,
        split_part(report_order, '#', 1) as report_rank,
        spend_level = 'entered' as is_entered
    from {{ ref('int_campaigns__spend_days') }}
    where
        spend_level in ('entered', 'exported')
        and cost_type = 'media'
        and not is_after_as_of

),

superseded_costs as (

    select * from {{ ref('int_campaigns__superseded_costs') }}

),

standing_days as (

    select
        spend_days.cost_day_id,
        spend_days.source,
        spend_days.platform,
        spend_days.ad_account_id,
        spend_days.unsettled_account,
        spend_days.campaign_id,
        spend_days.campaign_name,
        spend_days.channel,
        spend_days.is_entered,
        spend_days.is_account_total
        or (
            spend_days.is_entered
            and spend_days.campaign_id is null
            and spend_days.campaign_name is null
        ) as is_total,
        spend_days.is_range,
        -- An exported range is one report; of other costs a month is.
        case
            when spend_days.is_range and not spend_days.is_entered
                then spend_days.report_order
            else
                spend_days.report_rank
                || cast(
                    cast(date_trunc('month', spend_days.spend_date) as date)
                    as string
                )
        end as report_key,
        spend_days.currency,
        spend_days.amount,
        coalesce(spend_days.impressions, 0) as impressions,
        coalesce(spend_days.clicks, 0) as clicks,
        spend_days.spend_date
    from spend_days
    left join superseded_costs
        on spend_days.cost_day_id = superseded_costs.cost_day_id
    where superseded_costs.cost_day_id is null

)

select * from standing_days
