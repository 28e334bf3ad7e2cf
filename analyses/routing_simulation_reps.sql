-- Grain: one row per proposed set of rules and colleague whom either set allows, over
-- the first assignments of the last closed fiscal quarter; one row that says so where
-- nothing is proposed.
-- A lead counts for each whom its rule allows, by weight in a pool, else evenly.

{{ config(group='lifecycle') }}

with

routing_comparisons as (

    select * from {{ ref('int_lifecycle__routing_comparisons') }}
    where
        assigned_on < {{ fiscal_quarter_start(reporting_date(as_of())) }}
        and assigned_on
        >= {{ fiscal_quarter_start(reporting_date(as_of())) }} - interval '3' month

),

rep_identities as (

    select rep_key
    from {{ ref('int_lifecycle__rep_identities') }}

),

record_owners as (

    select rep_key
    from {{ ref('int_lifecycle__record_owners') }}

),

pool_openings as (

    select * from {{ ref('int_lifecycle__pool_openings') }}

),

pool_members as (

    select
        roster_id,
        rep_id,
        daily_cap
    from {{ ref('int_lifecycle__pool_members') }}

),

sides as (

    select
        rule_set,
        true as is_now,
        current_pool as pool,
        current_pool_changed_at as changes_at,
        current_owner_keys as owner_keys,
        assigned_on
    from routing_comparisons
    union all
    select
        rule_set,
        false as is_now,
        proposed_pool as pool,
        proposed_pool_changed_at as changes_at,
        proposed_owner_keys as owner_keys,
        assigned_on
    from routing_comparisons

),

-- Few, however many the leads are.
load_kinds as (

    select
        rule_set,
        is_now,
        pool,
        changes_at,
        coalesce(owner_keys, 'no_rule') as owner_keys,
        assigned_on,
        count(*) as lead_count
    from sides
    group by
        rule_set,
        is_now,
        pool,
        changes_at,
        coalesce(owner_keys, 'no_rule'),
        assigned_on

),

pool_shares as (

    select
        pool_openings.pool,
        pool_openings.changes_at,
        pool_openings.rep_key,
        max(pool_openings.weight) as weight,
        min(pool_members.daily_cap) as daily_cap
    from pool_openings
    inner join pool_members
        on
            pool_openings.roster_id = pool_members.roster_id
            and pool_openings.rep_id = pool_members.rep_id
    group by
        pool_openings.pool,
        pool_openings.changes_at,
        pool_openings.rep_key

),

owners as (

    select rep_key as owner_key
    from rep_identities
    union
    -- Where a source lands no users, owners of its records are reps all the same.
    select rep_key as owner_key
    from record_owners
    union
    select owner_keys as owner_key
    from load_kinds
    where not contains(owner_keys, ',')

),

weighed as (

    select
        load_kinds.*,
        coalesce(pool_shares.rep_key, owners.owner_key) as owner_key,
        coalesce(pool_shares.weight, 1) as weight,
        pool_shares.daily_cap
    from load_kinds
    left join pool_shares
        on
            load_kinds.pool = pool_shares.pool
            and load_kinds.changes_at = pool_shares.changes_at
    left join owners
        on
            load_kinds.pool is null
            and contains(
                ',' || load_kinds.owner_keys || ',', ',' || owners.owner_key || ','
            )

),

shares as (

    select
        *,
        lead_count * cast(weight as double) / sum(weight) over (
            partition by
                rule_set, is_now, pool, changes_at, owner_keys, assigned_on
        ) as expected_leads
    from weighed

),

days as (

    select
        rule_set,
        is_now,
        owner_key,
        assigned_on,
        min(daily_cap) as daily_cap,
        sum(expected_leads) as expected_leads
    from shares
    group by
        rule_set,
        is_now,
        owner_key,
        assigned_on

),

compared_reps as (

    select
        rule_set,
        owner_key,
        round(coalesce(sum(expected_leads) filter (where is_now), 0), 2)
            as current_leads,
        round(coalesce(sum(expected_leads) filter (where not is_now), 0), 2)
            as proposed_leads,
        round(max(expected_leads) filter (where is_now), 2) as current_busiest_day,
        round(max(expected_leads) filter (where not is_now), 2)
            as proposed_busiest_day,
        min(daily_cap) as daily_cap,
        count(*) filter (where not is_now and expected_leads > daily_cap)
            as proposed_days_over_cap
    from days
    group by
        rule_set,
        owner_key

),

simulation as (

    select
        rule_set,
        owner_key,
        current_leads,
        proposed_leads,
        round(proposed_leads - current_leads, 2) as moved_leads,
        current_busiest_day,
        proposed_busiest_day,
        daily_cap,
        proposed_days_over_cap
    from compared_reps
    union all
    select
        'nothing to compare: no other rule_set in routing_rules, or no lead'
            as rule_set,
        null as owner_key,
        0 as current_leads,
        0 as proposed_leads,
        0 as moved_leads,
        null as current_busiest_day,
        null as proposed_busiest_day,
        null as daily_cap,
        0 as proposed_days_over_cap
    where not exists (select * from compared_reps)

)

select * from simulation
order by
    rule_set asc,
    proposed_leads desc,
    current_leads desc,
    owner_key asc
