-- Grain: one row per spend day and verdict: whether better figures of the platform take
-- the place of the cost, or of a part of it: the same money is told by more than one
-- report, and counts once.
-- Of a range the part that single days tell gives way, and of a total the part that
-- campaigns account for.

with

spend_days as (

    select * from {{ ref('int_campaigns__spend_days') }}

),

superseded_costs as (

    select * from {{ ref('int_campaigns__superseded_costs') }}

),

range_remainders as (

    select * from {{ ref('int_campaigns__range_remainders') }}

),

total_remainders as (

    select * from {{ ref('int_campaigns__total_remainders') }}

),

remainders as (

    select * from total_remainders
    union all
    select range_remainders.*
    from range_remainders
    left join total_remainders
        on range_remainders.cost_day_id = total_remainders.cost_day_id
    where total_remainders.cost_day_id is null

),

judged_days as (

    select
        spend_days.*,
        superseded_costs.cost_day_id is not null as is_superseded,
        remainders.cost_day_id is not null as is_split,
        remainders.amount as kept_amount,
        remainders.impressions as kept_impressions,
        remainders.clicks as kept_clicks
    from spend_days
    left join superseded_costs
        on spend_days.cost_day_id = superseded_costs.cost_day_id
    left join remainders
        on spend_days.cost_day_id = remainders.cost_day_id

),

parts as (

    select
        *,
        is_superseded as is_superseded_part,
        case when is_split then kept_amount else amount end as part_amount,
        case
            when is_split and impressions is not null then kept_impressions
            else impressions
        end as part_impressions,
        case when is_split and clicks is not null then kept_clicks else clicks end
            as part_clicks
    from judged_days
    union all
    select
        *,
        true as is_superseded_part,
        cast(amount - kept_amount as decimal(28, 6)) as part_amount,
        impressions - kept_impressions as part_impressions,
        clicks - kept_clicks as part_clicks
    from judged_days
    where
        is_split
        and (
            amount != kept_amount
            or impressions != kept_impressions
            or clicks != kept_clicks
        )

),

spend_verdicts as (

    select
        cost_day_id,
        is_superseded_part as is_superseded,
        source,
        platform,
        ad_account_id,
        unsettled_account,
        channel,
        campaign_id,
        campaign_name,
        cost_type,
        spend_level,
        report_order,
        currency,
        is_range,
        has_valid_range,
        is_after_as_of,
        part_amount as amount,
        part_impressions as impressions,
        part_clicks as clicks,
        spend_date
    from parts

)

select * from spend_verdicts
