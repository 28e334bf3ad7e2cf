-- Grain: one row per pool, moment of change and member who can take a lead from then
-- until the pool's next change.
-- A row of the roster that names the rep goes before one of the rep's team.

with

pool_changes as (

    select * from {{ ref('int_lifecycle__pool_changes') }}

),

pool_members as (

    select * from {{ ref('int_lifecycle__pool_members') }}

),

absences as (

    select * from {{ ref('int_lifecycle__absences') }}

),

full_days as (

    select * from {{ ref('int_lifecycle__full_days') }}

),

standing_members as (

    select
        pool_changes.pool,
        pool_changes.changes_at,
        pool_changes.changes_on,
        pool_members.rep_id,
        pool_members.rep_key,
        pool_members.roster_id,
        pool_members.weight
    from pool_changes
    inner join pool_members
        on
            pool_changes.pool = pool_members.pool
            and pool_changes.changes_at >= pool_members.starts_at
            and pool_changes.changes_at < pool_members.ends_at
    qualify row_number() over (
        partition by
            pool_changes.pool,
            pool_changes.changes_at,
            pool_members.rep_id
        order by
            pool_members.member_rank asc,
            pool_members.roster_id asc
    ) = 1

),

absent_members as (

    select
        standing_members.pool,
        standing_members.changes_at,
        standing_members.rep_id
    from standing_members
    inner join absences
        on
            standing_members.rep_key = absences.rep_key
            and standing_members.changes_at >= absences.starts_at
            and standing_members.changes_at < absences.ends_at
    group by
        standing_members.pool,
        standing_members.changes_at,
        standing_members.rep_id

),

pool_openings as (

    select
        standing_members.pool,
        standing_members.rep_id,
        standing_members.rep_key,
        standing_members.roster_id,
        standing_members.weight,
        standing_members.changes_at
    from standing_members
    left join absent_members
        on
            standing_members.pool = absent_members.pool
            and standing_members.changes_at = absent_members.changes_at
            and standing_members.rep_id = absent_members.rep_id
    left join full_days
        on
            standing_members.roster_id = full_days.roster_id
            and standing_members.rep_key = full_days.rep_key
            and standing_members.changes_on = full_days.full_on
            and standing_members.changes_at >= full_days.full_from
    where absent_members.rep_id is null and full_days.roster_id is null

)

select * from pool_openings
