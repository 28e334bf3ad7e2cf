-- Grain: one row per stage and segment, 'all' among them: what the average cycle that
-- entered the stage, and had the time to go on, brought in revenue. A cycle that
-- skipped the stage did not enter it.
-- A segment with fewer of them than the policy asks goes by all segments together.

with

mature_steps as (

    select
        stage,
        segment,
        won_usd
    from {{ ref('fct_funnel_steps') }}
    where is_mature and not is_skipped

),

funnel_policies as (

    select
        stage,
        least_cycles
    from {{ ref('funnel_policies') }}

),

segment_sums as (

    select
        stage,
        segment,
        count(*) as cycles,
        sum(won_usd) as won_usd
    from mature_steps
    group by
        stage,
        segment

),

all_sums as (

    select
        stage,
        sum(cycles) as cycles,
        sum(won_usd) as won_usd
    from segment_sums
    group by stage

),

stage_values as (

    select
        segment_sums.stage,
        segment_sums.segment,
        cast(case
            when segment_sums.cycles >= funnel_policies.least_cycles
                then cast(segment_sums.won_usd as double) / segment_sums.cycles
            else cast(all_sums.won_usd as double) / all_sums.cycles
        end as decimal(28, 6)) as expected_usd
    from segment_sums
    inner join all_sums on segment_sums.stage = all_sums.stage
    inner join funnel_policies on segment_sums.stage = funnel_policies.stage
    union all
    select
        stage,
        'all' as segment,
        cast(cast(won_usd as double) / cycles as decimal(28, 6)) as expected_usd
    from all_sums

)

select * from stage_values
