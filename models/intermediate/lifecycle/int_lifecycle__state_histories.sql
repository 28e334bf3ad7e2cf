-- Grain: one row per event that counts of a person of whom a record tells no more than
-- the state that it is in, in the order of time.

with

declared_events as (

    select * from {{ ref('int_lifecycle__declared_events') }}
    where exclusion_reason is null

),

stamped_events as (

    select * from {{ ref('int_lifecycle__stamped_events') }}
    where exclusion_reason is null

),

stages as (

    select
        stage,
        stage_order,
        is_off_ramp
    from {{ ref('lifecycle_stages') }}

),

people_with_states as (

    select person_id
    from declared_events
    where evidence = 'snapshot'
    group by person_id

),

events as (

    select
        person_id,
        person_record_id,
        stage_value,
        stage,
        evidence,
        entered_at
    from declared_events
    union all
    select
        person_id,
        cast(null as string) as person_record_id,
        cast(null as string) as stage_value,
        stage,
        evidence,
        entered_at
    from stamped_events

),

numbered_events as (

    select
        events.*,
        stages.stage_order,
        stages.is_off_ramp,
        row_number() over (
            partition by events.person_id
            order by
                events.entered_at asc,
                stages.stage_order asc,
                events.evidence asc,
                events.person_record_id asc,
                events.stage_value asc
        ) as event_number
    from events
    inner join people_with_states
        on events.person_id = people_with_states.person_id
    inner join stages
        on events.stage = stages.stage

),

cycle_events as (

    select
        *,
        lag(stage) over (partition by person_id order by event_number asc)
            as stage_before,
        count(case when stage = 'recycled' then 1 end) over (
            partition by person_id
            order by event_number asc
            rows between unbounded preceding and 1 preceding
        ) as times_recycled
    from numbered_events

)

select * from cycle_events
