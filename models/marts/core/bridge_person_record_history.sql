-- Grain: one row per person record and span of time in which it belonged to one golden
-- person, by what the builds saw.

with

person_moves as (

    select * from {{ ref('int_core__person_moves') }}

),

record_history as (

    select
        person_record_id,
        person_id,
        lag(person_id) over (
            partition by person_record_id order by moved_at
        ) as previous_person_id,
        lead(moved_at) over (
            partition by person_record_id order by moved_at
        ) is null as is_current,
        moved_at as valid_from,
        lead(moved_at) over (
            partition by person_record_id order by moved_at
        ) as valid_to
    from person_moves

)

select * from record_history
