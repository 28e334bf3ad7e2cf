-- Grain: one row per cycle and forward stage that it reached: what came of it, how long
-- it took, and what was lost where it went no further.
-- A cycle drops out at most once, so values lost add up over stages.

with

judged_steps as (

    select
        *,
        outcome in ('lost', 'disqualified', 'recycled', 'stalled') as is_dropped
    from {{ ref('int_lifecycle__judged_steps') }}

),

cycles as (

    select
        funnel_cycle_id,
        person_id,
        cycle_number,
        segment,
        channel,
        cast(date_trunc('month', {{ reporting_date('lead_at') }}) as date)
            as cohort_month
    from {{ ref('fct_lead_funnel') }}

),

profiles as (

    select
        person_id,
        lead_source,
        owner_id
    from {{ ref('dim_person_profiles') }}

),

mql_owners as (

    select * from {{ ref('int_lifecycle__mql_owners') }}

),

step_values as (

    select * from {{ ref('int_lifecycle__step_values') }}

),

funnel_steps as (

    select
        judged_steps.funnel_cycle_id || '#' || judged_steps.stage as funnel_step_id,
        judged_steps.funnel_cycle_id,
        cycles.person_id,
        cycles.cycle_number,
        judged_steps.stage,
        cast(judged_steps.stage_order as integer) as stage_order,
        cycles.cohort_month,
        cycles.segment,
        cycles.channel,
        coalesce(profiles.lead_source, 'unknown') as lead_source,
        coalesce(mql_owners.owner_id, profiles.owner_id) as owner_id,
        judged_steps.outcome,
        judged_steps.is_skipped,
        judged_steps.is_mature,
        judged_steps.is_dropped,
        {{ dbt.datediff(
            'judged_steps.entered_at', 'judged_steps.progressed_at', 'second'
        ) }} / cast(86400 as double) as days_to_next,
        judged_steps.won_usd,
        cast(
            case when judged_steps.is_dropped then step_values.value_usd else 0 end
            as decimal(28, 2)
        ) as value_lost_usd,
        judged_steps.entered_at,
        judged_steps.progressed_at
    from judged_steps
    inner join cycles
        on judged_steps.funnel_cycle_id = cycles.funnel_cycle_id
    inner join profiles
        on cycles.person_id = profiles.person_id
    left join mql_owners
        on judged_steps.funnel_cycle_id = mql_owners.funnel_cycle_id
    left join step_values
        on
            cycles.segment = step_values.segment
            and judged_steps.stage = step_values.stage

)

select * from funnel_steps
