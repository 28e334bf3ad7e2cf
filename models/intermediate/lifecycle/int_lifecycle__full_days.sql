-- Grain: one row per rep, roster row with a cap and day on which the cap was reached:
-- from when on the rep took no more leads.
-- A lead counts for the rep who was given it first. Leads of one moment do not keep
-- each other out.

with

first_reps as (

    select
        person_id,
        owner_key,
        assigned_at
    from {{ ref('int_lifecycle__first_reps') }}

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
        owner_key,
        assigned_at,
        {{ reporting_date('assigned_at') }} as assigned_on,
        row_number() over (
            partition by
                owner_key,
                {{ reporting_date('assigned_at') }}
            order by
                assigned_at asc,
                person_id asc
        ) as lead_number
    from first_reps

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
            capped_members.rep_key = numbered_leads.owner_key
            and capped_members.daily_cap = numbered_leads.lead_number

)

select * from full_days
