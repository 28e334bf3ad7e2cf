-- Grain: one row per fiscal quarter and deployment step: where campaigns lose time on
-- their way to go live.

with

attempts as (

    -- Days are doubles, whose sums depend on the order that they are read in.
    select
        step,
        step_order,
        is_over_target,
        is_rework,
        cast(duration_days as decimal(28, 9)) as duration_days,
        cast(wait_days as decimal(28, 9)) as wait_days,
        {{ reporting_date('coalesce(started_at, completed_at)') }} as begun_on
    from {{ ref('fct_campaign_deployments') }}

),

quarter_attempts as (

    select
        *,
        {{ fiscal_quarter_start('begun_on') }} as quarter_start
    from attempts

),

campaign_operations as (

    select
        quarter_start,
        step,
        step_order,
        count(*) as attempts,
        count(duration_days) as finished_attempts,
        cast(sum(duration_days) as double)
        / nullif(count(duration_days), 0) as mean_days,
        cast(sum(wait_days) as double)
        / nullif(count(wait_days), 0) as mean_wait_days,
        count(*) filter (where is_over_target) as over_target,
        count(*) filter (where is_rework) as rework
    from quarter_attempts
    group by
        quarter_start,
        step,
        step_order

)

select * from campaign_operations
