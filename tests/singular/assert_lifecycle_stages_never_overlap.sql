-- Each stay of a person ends when the next one begins, never before it began, and only
-- the last is current.

with

stays as (

    select
        person_id,
        sequence_number,
        is_current,
        entered_at,
        exited_at,
        lead(entered_at) over (
            partition by person_id
            order by sequence_number asc
        ) as next_entered_at
    from {{ ref('fct_stage_transitions') }}

),

broken_stays as (

    select *
    from stays
    where
        exited_at < entered_at
        or exited_at is distinct from next_entered_at
        or is_current != (exited_at is null)

)

select * from broken_stays
