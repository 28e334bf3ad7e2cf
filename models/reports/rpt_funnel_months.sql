-- Grain: one row per month of lead creation, segment, channel and stage: how many of
-- the cycles entered the stage, went on and dropped out, how fast, and what was lost.
-- A share may be taken where each of them has had the time that the policy gives it.

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
        cast(median_days as double) as median_days,
        cast(value_lost_usd as decimal(28, 2)) as value_lost_usd
    from cohorts

)

select * from funnel_months
