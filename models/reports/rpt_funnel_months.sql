-- Grain: one row per month of lead creation, segment, channel and stage: how many of
-- the cycles entered the stage, went on and dropped out, how fast, and what was lost.
-- A rate stands only where each of them has had the time that the policy gives it.

with

funnel_steps as (

    select * from {{ ref('fct_funnel_steps') }}

),

cohorts as (

    select
        cohort_month,
        segment,
        channel,
        stage,
        stage_order,
        count(*) filter (where not is_skipped) as entered,
        count(*) filter (where is_skipped) as skipped,
        count(*) filter (where not is_skipped and outcome = 'progressed')
            as progressed,
        count(*) filter (where is_dropped) as dropped,
        bool_and(is_mature) as is_mature,
        median(days_to_next) as median_days,
        percentile_cont(0.9) within group (order by days_to_next) as p90_days,
        sum(value_lost_usd) as value_lost_usd
    from funnel_steps
    group by
        cohort_month,
        segment,
        channel,
        stage,
        stage_order

),

funnel_months as (

    select
        cohort_month,
        segment,
        channel,
        stage,
        stage_order,
        is_mature,
        entered,
        skipped,
        progressed,
        dropped,
        case
            when is_mature and stage != 'customer'
                then cast(progressed as double) / nullif(entered, 0)
        end as conversion_rate,
        cast(median_days as double) as median_days,
        cast(p90_days as double) as p90_days,
        cast(value_lost_usd as decimal(28, 2)) as value_lost_usd
    from cohorts

)

select * from funnel_months
