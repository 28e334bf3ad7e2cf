-- Grain: one row per pool and moment at which a rule asks it, with the last change of
-- the pool until then.

with

asked_rules as (

    select
        pool,
        routed_at
    from {{ ref('int_lifecycle__asked_rules') }}
    where rule_kind = 'pool'

),

pool_changes as (

    select
        pool,
        changes_at
    from {{ ref('int_lifecycle__pool_changes') }}

),

merged as (

    select
        pool,
        changes_at as moment,
        changes_at,
        false as is_asked
    from pool_changes
    union all
    select
        pool,
        routed_at as moment,
        cast(null as timestamp) as changes_at,
        true as is_asked
    from asked_rules
    group by
        pool,
        routed_at

),

placed as (

    select
        pool,
        moment,
        is_asked,
        max(changes_at) over (
            partition by pool
            order by moment
            range between unbounded preceding and current row
        ) as changes_at
    from merged

),

asked_pools as (

    select
        pool,
        moment as routed_at,
        changes_at
    from placed
    where is_asked

)

select * from asked_pools
