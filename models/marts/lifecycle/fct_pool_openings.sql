-- Grain: one row per pool and colleague who can take a lead of it now.
-- Users of several systems are one colleague, who takes one share.

with

pool_openings as (

    select * from {{ ref('int_lifecycle__pool_openings') }}
    where changes_at <= {{ as_of() }}

),

pool_changes as (

    select
        pool,
        max(changes_at) as changes_at
    from {{ ref('int_lifecycle__pool_changes') }}
    where changes_at <= {{ as_of() }}
    group by pool

),

pool_members as (

    select
        roster_id,
        rep_id,
        daily_cap
    from {{ ref('int_lifecycle__pool_members') }}

),

rep_identities as (

    select
        rep_key,
        {{ sorted_list('rep_id') }} as rep_ids
    from {{ ref('int_lifecycle__rep_identities') }}
    where is_active
    group by rep_key

),

first_reps as (

    select * from {{ ref('int_lifecycle__first_reps') }}

),

lead_assignments as (

    select
        person_id,
        assignment_number,
        pool
    from {{ ref('fct_lead_assignments') }}
    where is_correct and pool is not null

),

pool_leads as (

    select
        lead_assignments.pool,
        count(*) as lead_count
    from lead_assignments
    inner join first_reps
        on
            lead_assignments.person_id = first_reps.person_id
            and lead_assignments.assignment_number = first_reps.assignment_number
    group by lead_assignments.pool

),

todays_leads as (

    select
        owner_key,
        count(*) as lead_count
    from first_reps
    where {{ reporting_date('assigned_at') }} = {{ reporting_date(as_of()) }}
    group by owner_key

),

open_members as (

    select
        pool_openings.pool,
        pool_openings.rep_key,
        cast(max(pool_openings.weight) as integer) as weight,
        cast(min(pool_members.daily_cap) as integer) as daily_cap
    from pool_openings
    inner join pool_changes
        on
            pool_openings.pool = pool_changes.pool
            and pool_openings.changes_at = pool_changes.changes_at
    inner join pool_members
        on
            pool_openings.roster_id = pool_members.roster_id
            and pool_openings.rep_id = pool_members.rep_id
    group by pool_openings.pool, pool_openings.rep_key

),

current_openings as (

    select
        open_members.pool,
        open_members.rep_key,
        rep_identities.rep_ids,
        open_members.weight,
        open_members.daily_cap,
        cast(coalesce(todays_leads.lead_count, 0) as integer) as leads_today,
        cast(open_members.daily_cap - coalesce(todays_leads.lead_count, 0) as integer)
            as leads_left_today,
        coalesce(pool_leads.lead_count, 0) as pool_leads_given
    from open_members
    inner join rep_identities
        on open_members.rep_key = rep_identities.rep_key
    left join todays_leads
        on open_members.rep_key = todays_leads.owner_key
    left join pool_leads
        on open_members.pool = pool_leads.pool

)

select * from current_openings
