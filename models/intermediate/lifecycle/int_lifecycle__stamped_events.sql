-- Grain: one row per person, stage, evidence and moment that is read off a record.
-- Lead comes from the creation, the others from conversions and opportunities.
-- A declared event stands: a stamp counts where nothing is declared of its stage, and
-- never moves a person back from a later stage that is declared before it.

with

known_people as (

    select * from {{ ref('int_lifecycle__known_people') }}

),

stages as (

    select
        stage,
        stage_order
    from {{ ref('lifecycle_stages') }}
    where not is_off_ramp

),

placed_stamps as (

    select * from {{ ref('int_lifecycle__placed_stamps') }}

),

declared_stages as (

    select
        person_id,
        stage,
        min(entered_at) as entered_at
    from {{ ref('int_lifecycle__declared_events') }}
    where exclusion_reason is null
    group by
        person_id,
        stage

),

compared_stamps as (

    select
        placed_stamps.*,
        coalesce(
            declared_stages.stage = placed_stamps.stage
            or (
                declared_stage_orders.stage_order > stamp_stage_orders.stage_order
                and declared_stages.entered_at < placed_stamps.entered_at
            ), false
        ) as is_superseded
    from placed_stamps
    inner join stages as stamp_stage_orders
        on placed_stamps.stage = stamp_stage_orders.stage
    left join declared_stages
        on placed_stamps.person_id = declared_stages.person_id
    left join stages as declared_stage_orders
        on declared_stages.stage = declared_stage_orders.stage

),

gap_stamps as (

    select
        person_id,
        source,
        stage,
        evidence,
        entered_at
    from compared_stamps
    group by
        person_id,
        source,
        stage,
        evidence,
        entered_at
    having not bool_or(is_superseded)

),

creations as (

    select
        person_id,
        cast(null as varchar) as source,
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
            when entered_at > {{ as_of() }} then 'after_as_of'
        end as exclusion_reason
    from creations
    union all
    select
        *,
        case
            when entered_at > {{ as_of() }} then 'after_as_of'
        end as exclusion_reason
    from gap_stamps

)

select * from stamped_events
