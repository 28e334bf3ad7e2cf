-- Grain: one row per declared event that counts and per placed stamp, with how often
-- the person was recycled before it. What shares that number shares a cycle.

with

stages as (

    select
        stage,
        stage_order,
        is_off_ramp
    from {{ ref('lifecycle_stages') }}

),

evidence as (

    select
        person_id,
        source,
        stage,
        evidence,
        true as is_declared,
        entered_at
    from {{ ref('int_lifecycle__declared_events') }}
    where exclusion_reason is null
    union all
    select
        person_id,
        source,
        stage,
        evidence,
        false as is_declared,
        entered_at
    from {{ ref('int_lifecycle__placed_stamps') }}

),

cycle_evidence as (

    select
        evidence.person_id,
        evidence.source,
        evidence.stage,
        stages.stage_order,
        stages.is_off_ramp,
        evidence.evidence,
        evidence.is_declared,
        count(case when evidence.stage = 'recycled' then 1 end) over (
            partition by evidence.person_id
            order by evidence.entered_at asc, stages.stage_order asc
            rows between unbounded preceding and 1 preceding
        ) as times_recycled,
        evidence.entered_at
    from evidence
    inner join stages
        on evidence.stage = stages.stage

)

select * from cycle_evidence
