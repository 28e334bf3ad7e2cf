-- Grain: one row per person, stage and moment that is read off a record.
-- Lead comes from the creation, the others from conversions and opportunities.
-- A declared event stands: the first stamp of a stage in a cycle counts where the cycle
-- declares nothing of that stage and reached no later one before it.

with

known_people as (

    select * from {{ ref('int_lifecycle__known_people') }}

),

cycle_evidence as (

    select * from {{ ref('int_lifecycle__cycle_evidence') }}
    where not is_off_ramp

),

stage_evidence as (

    select
        *,
        bool_or(is_declared) over (
            partition by person_id, times_recycled, stage
        ) as is_declared_stage,
        row_number() over (
            partition by person_id, times_recycled, stage
            order by entered_at asc, evidence asc, source asc
        ) as stage_rank
    from cycle_evidence

),

first_stamps as (

    select * from stage_evidence
    where not is_declared_stage and stage_rank = 1

),

milestones as (

    select
        person_id,
        times_recycled,
        stage_order,
        entered_at
    from first_stamps
    union all
    select
        person_id,
        times_recycled,
        stage_order,
        min(entered_at) as entered_at
    from cycle_evidence
    where is_declared
    group by
        person_id,
        times_recycled,
        stage_order

),

overtaken_stamps as (

    select
        first_stamps.person_id,
        first_stamps.times_recycled,
        first_stamps.stage
    from first_stamps
    inner join milestones
        on
            first_stamps.person_id = milestones.person_id
            and first_stamps.times_recycled = milestones.times_recycled
            and first_stamps.stage_order < milestones.stage_order
            and first_stamps.entered_at > milestones.entered_at
    group by
        first_stamps.person_id,
        first_stamps.times_recycled,
        first_stamps.stage

),

stamps as (

    select
        first_stamps.person_id,
        first_stamps.source,
        first_stamps.stage,
        first_stamps.evidence,
        first_stamps.entered_at
    from first_stamps
    left join overtaken_stamps
        on
            first_stamps.person_id = overtaken_stamps.person_id
            and first_stamps.times_recycled = overtaken_stamps.times_recycled
            and first_stamps.stage = overtaken_stamps.stage
    where overtaken_stamps.person_id is null
    union all
    select
        person_id,
        cast(null as string) as source,
        'lead' as stage,
        'created_at' as evidence,
        created_at as entered_at
    from known_people
    where created_at <= coalesce(first_declared_at, created_at)

),

stamped_events as (

    select
        *,
        case
            when not {{ known_by_as_of('entered_at') }} then 'after_as_of'
        end as exclusion_reason
    from stamps

)

select * from stamped_events
