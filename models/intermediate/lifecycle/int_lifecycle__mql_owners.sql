-- Grain: one row per cycle with an MQL: whose the lead was.
-- The owner is the one at the MQL, else the first one after it, else the record's
-- owner of today.

with

mqls as (

    select
        funnel_cycle_id,
        person_id,
        mql_at
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

assignments as (

    select
        person_id,
        owner_id,
        assigned_at,
        assignment_number
    from {{ ref('int_lifecycle__assignments') }}

),

people as (

    select
        person_id,
        owner_id
    from {{ ref('dim_people') }}

),

short_rep_keys as (

    select * from {{ ref('int_lifecycle__short_rep_keys') }}

),

assigned_mqls as (

    select
        mqls.funnel_cycle_id,
        max(case
            when assignments.assigned_at <= mqls.mql_at
                then assignments.assignment_number
        end) as last_number_before,
        min(case
            when assignments.assigned_at > mqls.mql_at
                then assignments.assignment_number
        end) as first_number_after
    from mqls
    inner join assignments
        on mqls.person_id = assignments.person_id
    group by mqls.funnel_cycle_id

),

mql_owners as (

    select
        mqls.funnel_cycle_id,
        coalesce(assignments.owner_id, short_rep_keys.rep_id, people.owner_id)
            as owner_id
    from mqls
    inner join people
        on mqls.person_id = people.person_id
    left join short_rep_keys
        on
            {{ has_short_key('people.owner_id', 'short_rep_keys.short_key') }}
    left join assigned_mqls
        on mqls.funnel_cycle_id = assigned_mqls.funnel_cycle_id
    left join assignments
        on
            mqls.person_id = assignments.person_id
            and coalesce(
                assigned_mqls.last_number_before, assigned_mqls.first_number_after
            ) = assignments.assignment_number

)

select * from mql_owners
