-- Grain: one row per segment and forward stage: what a cycle that goes on from the
-- stage is worth, the mean revenue of those that did and have had time to be won.
-- A segment with fewer of them than the policy asks goes by all segments together.

with

judged_steps as (

    select
        funnel_cycle_id,
        stage,
        case when is_priceable and outcome = 'progressed' then 1 else 0 end
            as priced_cycles,
        case when is_priceable and outcome = 'progressed' then won_usd else 0 end
            as won_usd
    from {{ ref('int_lifecycle__judged_steps') }}
    where not is_skipped

),

cycles as (

    select
        funnel_cycle_id,
        segment
    from {{ ref('fct_lead_funnel') }}

),

funnel_policies as (

    select
        stage,
        least_cycles
    from {{ ref('funnel_policies') }}

),

segment_steps as (

    select
        cycles.segment,
        judged_steps.stage,
        sum(judged_steps.priced_cycles) as priced_cycles,
        sum(judged_steps.won_usd) as won_usd
    from judged_steps
    inner join cycles
        on judged_steps.funnel_cycle_id = cycles.funnel_cycle_id
    group by
        cycles.segment,
        judged_steps.stage

),

totals as (

    select
        *,
        sum(priced_cycles) over (partition by stage) as all_cycles,
        sum(won_usd) over (partition by stage) as all_won_usd
    from segment_steps

),

step_values as (

    select
        totals.segment,
        totals.stage,
        totals.priced_cycles >= funnel_policies.least_cycles as is_of_segment,
        case
            when totals.priced_cycles >= funnel_policies.least_cycles
                then totals.priced_cycles
            else totals.all_cycles
        end as priced_cycles,
        cast(coalesce(case
            when totals.priced_cycles >= funnel_policies.least_cycles
                then totals.won_usd / totals.priced_cycles
            else totals.all_won_usd / nullif(totals.all_cycles, 0)
        end, 0) as decimal(28, 2)) as value_usd
    from totals
    inner join funnel_policies
        on totals.stage = funnel_policies.stage

)

select * from step_values
