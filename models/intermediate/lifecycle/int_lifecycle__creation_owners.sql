-- Grain: one row per record that a rep had from its creation on and later lost.
-- Integrations and operations create leads to pass them on; only who sells, by the role
-- or as a member of a pool, has a lead that way.

{{ config(materialized='view') }}

with

created_records as (

    select * from {{ ref('stg_salesforce__creation_owners') }}
    where {{ known_by_as_of('lost_at') }}

),

rep_identities as (

    select
        rep_id,
        rep_key,
        role
    from {{ ref('int_lifecycle__rep_identities') }}

),

pool_members as (

    select rep_key
    from {{ ref('int_lifecycle__pool_members') }}
    group by rep_key

),

short_rep_keys as (

    select * from {{ ref('int_lifecycle__short_rep_keys') }}

),

creation_owners as (

    select
        created_records.person_record_id,
        rep_identities.rep_id as owner_id,
        created_records.source,
        created_records.assigned_at
    from created_records
    left join short_rep_keys
        on
            {{ has_short_key('created_records.owner_id', 'short_rep_keys.short_key') }}
    inner join rep_identities
        on
            coalesce(short_rep_keys.rep_id, created_records.owner_id)
            = rep_identities.rep_id
    left join pool_members
        on rep_identities.rep_key = pool_members.rep_key
    where
        pool_members.rep_key is not null
        or rep_identities.role in ('sdr', 'ae')

)

select * from creation_owners
