-- Grain: one row per stage that a cycle skipped: it has no entry of the stage, and one
-- of a later stage on the way to customer. Off-ramps skip nothing and are not skipped.

with

cycle_entries as (

    select * from {{ ref('int_lifecycle__cycle_entries') }}

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
        cycle_entries.person_id,
        cycle_entries.cycle_number,
        cycle_entries.stage_order,
        min(cycle_entries.entered_at) as entered_at
    from cycle_entries
    inner join stages
        on cycle_entries.stage = stages.stage
    group by
        cycle_entries.person_id,
        cycle_entries.cycle_number,
        cycle_entries.stage_order

),

gaps as (

    select
        person_id,
        cycle_number,
        lag(stage_order) over (
            partition by person_id, cycle_number
            order by stage_order asc
        ) as order_before,
        stage_order as order_after,
        min(entered_at) over (
            partition by person_id, cycle_number
            order by stage_order asc
            rows between current row and unbounded following
        ) as passed_at
    from reached_stages

),

skipped_stages as (

    select
        gaps.person_id,
        gaps.cycle_number,
        stages.stage,
        stages.stage_order,
        gaps.passed_at as entered_at
    from gaps
    inner join stages
        on
            stages.stage_order > coalesce(gaps.order_before, 0)
            and gaps.order_after > stages.stage_order

)

select * from skipped_stages
