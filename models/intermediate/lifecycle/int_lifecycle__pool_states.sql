-- Grain: one row per pool and moment of change, with all who can take a lead from then
-- until the next one; null for nobody.

with

pool_changes as (

    select
        pool,
        changes_at
    from {{ ref('int_lifecycle__pool_changes') }}

),

pool_openings as (

    select * from {{ ref('int_lifecycle__pool_openings') }}

),

pool_owners as (

    select
        pool,
        changes_at,
        {{ sorted_list('rep_id') }} as owner_ids,
        {{ sorted_list('rep_key') }} as owner_keys
    from pool_openings
    group by
        pool,
        changes_at

),

pool_states as (

    select
        pool_changes.pool,
        pool_owners.owner_ids,
        pool_owners.owner_keys,
        pool_changes.changes_at
    from pool_changes
    left join pool_owners
        on
            pool_changes.pool = pool_owners.pool
            and pool_changes.changes_at = pool_owners.changes_at

)

select * from pool_states
