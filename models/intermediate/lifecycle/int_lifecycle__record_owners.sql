-- Grain: one row per owner of accounts or opportunities who is an active rep.
-- Who has left, or never was a user, cannot be given a lead.

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
        rep_key
    from {{ ref('int_lifecycle__rep_identities') }}
    where is_active

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
        rep_identities.rep_id,
        rep_identities.rep_key
    from owners
    left join short_rep_keys
        on
            {{ has_short_key('owners.owner_id', 'short_rep_keys.short_key') }}
    inner join rep_identities
        on coalesce(short_rep_keys.rep_id, owners.owner_id) = rep_identities.rep_id

)

select * from record_owners
