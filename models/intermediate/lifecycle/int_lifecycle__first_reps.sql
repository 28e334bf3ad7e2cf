-- Grain: one row per person who was given to a rep: the first one.
-- A queue or a desk keeps a lead until somebody has it.

with

assignments as (

    select
        person_id,
        owner_id,
        assignment_number,
        assigned_at
    from {{ ref('int_lifecycle__assignments') }}
    where owner_id not like 'salesforce:00G%'

),

rep_identities as (

    select
        rep_id,
        rep_key
    from {{ ref('int_lifecycle__rep_identities') }}

),

desks as (

    select * from {{ ref('int_lifecycle__desks') }}

),

owned_assignments as (

    select
        assignments.person_id,
        coalesce(rep_identities.rep_key, lower(assignments.owner_id)) as owner_key,
        assignments.assignment_number,
        assignments.assigned_at
    from assignments
    left join rep_identities
        on assignments.owner_id = rep_identities.rep_id

),

first_reps as (

    select
        owned_assignments.person_id,
        owned_assignments.owner_key,
        owned_assignments.assignment_number,
        owned_assignments.assigned_at
    from owned_assignments
    left join desks
        on owned_assignments.owner_key = desks.owner_key
    where desks.owner_key is null
    qualify row_number() over (
        partition by owned_assignments.person_id
        order by owned_assignments.assignment_number
    ) = 1

)

select * from first_reps
