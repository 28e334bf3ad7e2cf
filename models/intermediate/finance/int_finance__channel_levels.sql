-- Grain: one row per channel with a cost or credit: what it spends now, what it spent
-- and brought of late, and which of its weeks a curve can go by.
-- Spend comes in bursts for some: the present spend is that of a week with any.

with

channel_weeks as (

    select * from {{ ref('int_finance__channel_weeks') }}

),

summed_weeks as (

    select
        channel,
        count(*) filter (where is_mature) as mature_weeks,
        count(*) filter (where not is_mature) as immature_weeks,
        count(*) filter (where is_mature and not is_in_reach) as old_weeks,
        count(*) filter (where is_in_reach and unconverted_costs > 0)
            as unconverted_weeks,
        count(*) filter (
            where is_in_reach and not is_fitted and unconverted_costs = 0
        ) as weeks_without_spend,
        count(*) filter (where is_fitted) as fitted_weeks,
        sum(case when is_fitted then opportunities else 0 end)
            as fitted_opportunities,
        count(*) filter (where is_recent) as recent_weeks,
        sum(case when is_recent then variable_spend_usd else 0 end)
            as recent_spend_usd,
        sum(case when is_recent then mqls else 0 end) as recent_mqls,
        sum(case when is_recent then opportunities else 0 end)
            as recent_opportunities,
        sum(case when is_recent then pipeline_usd else 0 end)
            as recent_pipeline_usd,
        sum(case when is_trailing then variable_spend_usd else 0 end)
            as trailing_spend_usd,
        count(*) filter (where is_trailing and variable_spend_usd > 0)
            as trailing_weeks_with_spend,
        count(*) filter (where is_trailing and unconverted_costs > 0)
            as trailing_unconverted_weeks
    from channel_weeks
    group by channel

),

channel_levels as (

    select
        *,
        case
            when trailing_spend_usd > 0
                then cast(
                    cast(trailing_spend_usd as double) / trailing_weeks_with_spend
                    as decimal(28, 6)
                )
        end as present_spend_usd
    from summed_weeks

)

select * from channel_levels
