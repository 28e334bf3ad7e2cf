-- Grain: one row per golden person and assignment, with whom the person was taken from.
-- A colleague who is a user of two systems is one owner.

with

assignments as (

    select * from {{ ref('int_lifecycle__assignments') }}

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

named_assignments as (

    select
        assignments.*,
        coalesce(rep_identities.rep_key, lower(assignments.owner_id)) as owner_key
    from assignments
    left join rep_identities
        on assignments.owner_id = rep_identities.rep_id

),

owned_assignments as (

    select
        named_assignments.*,
        -- A queue or a desk keeps a lead until somebody has it.
        case
            when
                named_assignments.owner_id not like 'salesforce:00G%'
                and desks.owner_key is null
                then named_assignments.assigned_at
        end as owned_at
    from named_assignments
    left join desks
        on named_assignments.owner_key = desks.owner_key

),

owner_changes as (

    select
        *,
        lag(owner_id) over person as previous_owner_id,
        -- Out of a queue or from a desk is no taking away.
        coalesce(
            lag(owner_key) over person != owner_key
            and lag(owned_at) over person is not null,
            false
        ) as is_reroute,
        min(owned_at) over (partition by person_id) as first_owned_at
    from owned_assignments
    window person as (
        partition by person_id
        order by assignment_number
    )

)

select * from owner_changes
