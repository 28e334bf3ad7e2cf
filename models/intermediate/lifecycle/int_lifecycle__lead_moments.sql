-- Grain: one row per person and moment at which the routing rules are asked.
-- Whoever asks adds rows here: the rules give one verdict for a person and a moment,
-- whatever it is asked for.

with

assignments as (

    select
        person_id,
        assigned_at
    from {{ ref('int_lifecycle__assignments') }}

),

lead_moments as (

    select
        person_id,
        assigned_at as routed_at,
        {{ reporting_date('assigned_at') }} as routed_on
    from assignments
    group by
        person_id,
        assigned_at

)

select * from lead_moments
