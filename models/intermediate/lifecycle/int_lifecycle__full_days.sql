-- Grain: one row per rep, roster row with a cap and day on which the cap was reached:
-- from when on the rep took no more leads.
-- A lead counts for whom it was given to first. Leads of one moment do not keep each
-- other out.

with

first_assignments as (

    select
        owner_id,
        person_id,
        assigned_at
    from {{ ref('int_lifecycle__assignments') }}
    where assignment_number = 1

),

rep_identities as (

    select
        rep_id,
        rep_key
    from {{ ref('int_lifecycle__rep_identities') }}

),

capped_members as (

    select
        roster_id,
        rep_key,
        daily_cap
    from {{ ref('int_lifecycle__pool_members') }}
    where daily_cap is not null
    group by
        roster_id,
        rep_key,
        daily_cap

),

numbered_leads as (

    select
        rep_identities.rep_key,
        first_assignments.assigned_at,
        {{ reporting_date('first_assignments.assigned_at') }} as assigned_on,
        row_number() over (
            partition by
                rep_identities.rep_key,
                {{ reporting_date('first_assignments.assigned_at') }}
            order by
                first_assignments.assigned_at asc,
                first_assignments.person_id asc
        ) as lead_number
    from first_assignments
    inner join rep_identities
        on first_assignments.owner_id = rep_identities.rep_id

),

full_days as (

    select
        capped_members.roster_id,
        capped_members.rep_key,
        numbered_leads.assigned_on as full_on,
        numbered_leads.assigned_at + interval '1' microsecond as full_from
    from capped_members
    inner join numbered_leads
        on
            capped_members.rep_key = numbered_leads.rep_key
            and capped_members.daily_cap = numbered_leads.lead_number

)

select * from full_days
