-- Grain: one row per cycle and forward stage that it reached, with the first entry and
-- the first one, of those that something proves, into a later stage.

with

stage_transitions as (

    select
        person_id || '#' || cycle_number as funnel_cycle_id,
        stage,
        is_imputed and stage != 'lead' as is_skipped,
        entered_at
    from {{ ref('fct_stage_transitions') }}

),

stages as (

    select
        stage,
        stage_order
    from {{ ref('lifecycle_stages') }}
    where not is_off_ramp

),

reached_stages as (

    select
        stage_transitions.funnel_cycle_id,
        stages.stage,
        stages.stage_order,
        bool_and(stage_transitions.is_skipped) as is_skipped,
        min(stage_transitions.entered_at) as reached_at,
        min(case
            when not stage_transitions.is_skipped then stage_transitions.entered_at
        end) as entered_at
    from stage_transitions
    inner join stages
        on stage_transitions.stage = stages.stage
    group by
        stage_transitions.funnel_cycle_id,
        stages.stage,
        stages.stage_order

),

funnel_steps as (

    select
        funnel_cycle_id,
        stage,
        stage_order,
        is_skipped,
        stage_order < max(stage_order) over (partition by funnel_cycle_id)
            as has_progressed,
        coalesce(entered_at, reached_at) as entered_at,
        min(entered_at) over (
            partition by funnel_cycle_id
            order by stage_order asc
            rows between 1 following and unbounded following
        ) as progressed_at
    from reached_stages

)

select * from funnel_steps
