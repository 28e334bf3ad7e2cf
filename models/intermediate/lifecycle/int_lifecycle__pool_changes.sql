-- Grain: one row per pool and moment at which those who can take a lead may change.

with

pool_members as (

    select * from {{ ref('int_lifecycle__pool_members') }}

),

absences as (

    select * from {{ ref('int_lifecycle__absences') }}

),

full_days as (

    select * from {{ ref('int_lifecycle__full_days') }}

),

pool_absences as (

    select
        pool_members.pool,
        absences.starts_at,
        absences.ends_at
    from pool_members
    inner join absences
        on pool_members.rep_key = absences.rep_key

),

pool_full_days as (

    select
        pool_members.pool,
        full_days.full_from,
        {{ reporting_midnight("full_days.full_on + interval '1' day") }} as full_until
    from pool_members
    inner join full_days
        on
            pool_members.roster_id = full_days.roster_id
            and pool_members.rep_key = full_days.rep_key

),

changes as (

    select
        pool,
        starts_at as changes_at
    from pool_members
    union
    select
        pool,
        ends_at as changes_at
    from pool_members
    union
    select
        pool,
        starts_at as changes_at
    from pool_absences
    union
    select
        pool,
        ends_at as changes_at
    from pool_absences
    union
    select
        pool,
        full_from as changes_at
    from pool_full_days
    union
    select
        pool,
        full_until as changes_at
    from pool_full_days

),

pool_changes as (

    select
        pool,
        changes_at,
        {{ reporting_date('changes_at') }} as changes_on
    from changes

)

select * from pool_changes
