-- Grain: one row per stage of the funnel: what the average cycle that entered it, and
-- had the time to end, brought in revenue.

{{ config(materialized='view') }}

with

funnel_steps as (

    select
        stage,
        won_usd
    from {{ ref('fct_funnel_steps') }}
    where is_mature and not is_skipped

),

stage_values as (

    select
        stage,
        cast(cast(sum(won_usd) as double) / count(*) as decimal(28, 6))
            as expected_usd
    from funnel_steps
    group by stage

)

select * from stage_values
