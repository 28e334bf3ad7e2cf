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

unassigned_leads as (

    select
        person_id,
        asked_at
    from {{ ref('int_lifecycle__unassigned_leads') }}

),

moments as (

    select
        person_id,
        assigned_at as routed_at
    from assignments
    union
    select
        person_id,
        asked_at as routed_at
    from unassigned_leads

),

lead_moments as (

    select
        person_id,
        routed_at,
        {{ reporting_date('routed_at') }} as routed_on
    from moments

)

select * from lead_moments
