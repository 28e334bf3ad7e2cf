-- Grain: one row per owner of accounts or opportunities who can be given a lead.
-- Who has left, or is none of the users, cannot; where a source lands no users at all,
-- its owners are taken for reps.

with

opportunities as (

    select owner_id
    from {{ ref('fct_opportunity_outcomes') }}

),

accounts as (

    select owner_id
    from {{ ref('dim_accounts') }}

),

rep_identities as (

    select
        rep_id,
        rep_key,
        is_active
    from {{ ref('int_lifecycle__rep_identities') }}

),

user_sources as (

    select source
    from {{ ref('dim_reps') }}
    group by source

),

short_rep_keys as (

    select * from {{ ref('int_lifecycle__short_rep_keys') }}

),

owners as (

    select owner_id
    from opportunities
    where owner_id is not null
    union
    select owner_id
    from accounts
    where owner_id is not null

),

record_owners as (

    select
        owners.owner_id,
        coalesce(rep_identities.rep_id, owners.owner_id) as rep_id,
        coalesce(rep_identities.rep_key, lower(owners.owner_id)) as rep_key
    from owners
    left join short_rep_keys
        on
            {{ has_short_key('owners.owner_id', 'short_rep_keys.short_key') }}
    left join rep_identities
        on coalesce(short_rep_keys.rep_id, owners.owner_id) = rep_identities.rep_id
    left join user_sources
        on split_part(owners.owner_id, ':', 1) = user_sources.source
    where
        rep_identities.is_active
        or (
            user_sources.source is null
            and owners.owner_id not like 'salesforce:00G%'
        )

)

select * from record_owners
