-- Grain: one row per cycle and forward stage that it reached, with the first entry and
-- the first one, of those that something proves, into a later stage.

with

stage_transitions as (

    select
        person_id || '#' || cycle_number as funnel_cycle_id,
        sequence_number,
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

last_stays as (

    select
        stage_transitions.funnel_cycle_id,
        max(case
            when stage_transitions.stage = 'disqualified'
                then stage_transitions.sequence_number
        end) as last_disqualified,
        max(case
            when stages.stage is not null then stage_transitions.sequence_number
        end) as last_forward
    from stage_transitions
    left join stages
        on stage_transitions.stage = stages.stage
    group by stage_transitions.funnel_cycle_id

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
        reached_stages.funnel_cycle_id,
        reached_stages.stage,
        reached_stages.stage_order,
        reached_stages.is_skipped,
        reached_stages.stage_order
        < max(reached_stages.stage_order) over (
            partition by reached_stages.funnel_cycle_id
        ) as has_progressed,
        coalesce(last_stays.last_disqualified > last_stays.last_forward, false)
            as is_disqualified,
        coalesce(reached_stages.entered_at, reached_stages.reached_at) as entered_at,
        min(reached_stages.entered_at) over (
            partition by reached_stages.funnel_cycle_id
            order by reached_stages.stage_order asc
            rows between 1 following and unbounded following
        ) as progressed_at
    from reached_stages
    inner join last_stays
        on reached_stages.funnel_cycle_id = last_stays.funnel_cycle_id

)

select * from funnel_steps
