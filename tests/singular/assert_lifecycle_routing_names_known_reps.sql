-- Rows of the roster, of absences and of named accounts that fit no rep: they do
-- nothing, and leads of such a pool go to the next rule. And fallbacks on a rep who has
-- left, with whom leads would lie; a queue or an address of no rep is as it should be.

{{ config(severity='warn', group='lifecycle') }}

with

rep_roster as (

    select roster_id
    from {{ ref('rep_roster') }}
    where {{ in_force() }}

),

pool_members as (

    select roster_id
    from {{ ref('int_lifecycle__pool_members') }}
    group by roster_id

),

named_accounts as (

    select
        named_account_id,
        lower(rep) as rep
    from {{ ref('named_accounts') }}
    where {{ in_force() }}

),

rep_absences as (

    select
        absence_id,
        lower(rep) as rep
    from {{ ref('rep_absences') }}

),

fallbacks as (

    select
        routing_rule_id,
        lower(fallback_owner) as rep
    from {{ ref('routing_rules') }}
    where rule_set = 'current' and rule_kind = 'fallback' and {{ in_force() }}

),

rep_references as (

    select
        written_as,
        max(cast(is_active as integer)) as active_reps
    from {{ ref('int_lifecycle__rep_references') }}
    group by written_as

),

idle_rows as (

    select
        'rep_roster' as seed,
        rep_roster.roster_id as row_id
    from rep_roster
    left join pool_members
        on rep_roster.roster_id = pool_members.roster_id
    where pool_members.roster_id is null
    union all
    select
        'named_accounts' as seed,
        named_accounts.named_account_id as row_id
    from named_accounts
    left join rep_references
        on named_accounts.rep = rep_references.written_as
    where coalesce(rep_references.active_reps, 0) = 0
    union all
    select
        'rep_absences' as seed,
        rep_absences.absence_id as row_id
    from rep_absences
    left join rep_references
        on rep_absences.rep = rep_references.written_as
    where rep_references.written_as is null
    union all
    select
        'routing_rules' as seed,
        fallbacks.routing_rule_id as row_id
    from fallbacks
    inner join rep_references
        on fallbacks.rep = rep_references.written_as
    where rep_references.active_reps = 0

)

select * from idle_rows
