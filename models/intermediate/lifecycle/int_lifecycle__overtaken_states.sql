-- Grain: one row per state of a record that takes its person no further: the cycle has
-- been there or beyond, and has moved on.
-- A record without history tells where it stands, not that the person went back.

with

state_histories as (

    select * from {{ ref('int_lifecycle__state_histories') }}

),

placed_events as (

    select
        *,
        max(case when not is_off_ramp then stage_order end) over (
            partition by person_id, times_recycled
            order by event_number asc
            rows between unbounded preceding and 1 preceding
        ) as furthest_order
    from state_histories

),

overtaken_states as (

    select
        person_record_id,
        stage_value,
        evidence,
        entered_at
    from placed_events
    where
        evidence = 'snapshot'
        and not is_off_ramp
        and stage != stage_before
        and (
            stage_order <= furthest_order
            or (stage = 'lead' and times_recycled > 0)
        )

)

select * from overtaken_states
