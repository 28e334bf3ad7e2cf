-- Grain: one row per pool, rep and roster row that makes the rep a member, with its
-- time.
-- Users have no dates: whoever is inactive today was a member only by a row that names
-- them and has ended.

with

rep_roster as (

    select
        roster_id,
        pool,
        lower(rep) as rep,
        team,
        role,
        weight,
        daily_cap,
        {{ reporting_midnight('effective_from') }} as starts_at,
        case
            when effective_to is null then cast('9999-12-31' as timestamp)
            else {{ reporting_midnight('effective_to') }}
        end as ends_at
    from {{ ref('rep_roster') }}

),

rep_identities as (

    select * from {{ ref('int_lifecycle__rep_identities') }}

),

rep_references as (

    select * from {{ ref('int_lifecycle__rep_references') }}

),

named_members as (

    select
        rep_roster.roster_id,
        rep_roster.pool,
        rep_references.rep_id,
        rep_references.rep_key,
        1 as member_rank,
        rep_roster.weight,
        rep_roster.daily_cap,
        rep_roster.starts_at,
        rep_roster.ends_at
    from rep_roster
    inner join rep_references
        on rep_roster.rep = rep_references.written_as
    where
        rep_references.is_active
        or rep_roster.ends_at <= {{ as_of() }}

),

team_members as (

    select
        rep_roster.roster_id,
        rep_roster.pool,
        rep_identities.rep_id,
        rep_identities.rep_key,
        2 as member_rank,
        rep_roster.weight,
        rep_roster.daily_cap,
        rep_roster.starts_at,
        rep_roster.ends_at
    from rep_roster
    inner join rep_identities
        on
            rep_roster.team in (rep_identities.team, '*')
            and rep_roster.role in (rep_identities.role, '*')
    where
        rep_roster.rep = '*'
        and rep_identities.is_active

),

pool_members as (

    select * from named_members
    union all
    select * from team_members

)

select * from pool_members
