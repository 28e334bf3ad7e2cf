-- Grain: one row per entry of a person into a stage that something proves.
-- Repeats of the stage that a person is in collapse into the earliest. A recycled entry
-- ends its cycle.

with

stage_events as (

    select
        person_id,
        stage,
        evidence,
        is_declared,
        entered_at
    from {{ ref('int_lifecycle__stage_events') }}
    where exclusion_reason is null

),

stages as (

    select
        stage,
        stage_order
    from {{ ref('lifecycle_stages') }}

),

changes as (

    select
        stage_events.person_id,
        stage_events.stage,
        stages.stage_order,
        stage_events.evidence,
        stage_events.entered_at
    from stage_events
    inner join stages
        on stage_events.stage = stages.stage
    qualify
        lag(stage_events.stage) over (
            partition by stage_events.person_id
            order by
                stage_events.entered_at asc,
                stages.stage_order asc,
                stage_events.is_declared desc,
                stage_events.evidence asc
        ) is distinct from stage_events.stage

),

cycle_entries as (

    select
        person_id,
        cast(
            1 + count(case when stage = 'recycled' then 1 end) over (
                partition by person_id
                order by entered_at asc, stage_order asc
                rows between unbounded preceding and 1 preceding
            ) as integer
        ) as cycle_number,
        stage,
        stage_order,
        evidence,
        entered_at
    from changes

)

select * from cycle_entries
