-- Grain: one row per lead whom no rep has or ever had, in the order in which they are
-- to be given away.
-- A queue and a desk are no rep. Somebody whose rep has left has had one.

with

people as (

    select
        person_id,
        account_id,
        lifecycle_stage,
        created_at
    from {{ ref('dim_people') }}

),

lifecycle_stages as (

    select stage
    from {{ ref('lifecycle_stages') }}
    where is_assignable

),

first_reps as (

    select person_id
    from {{ ref('int_lifecycle__first_reps') }}

),

person_owners as (

    select * from {{ ref('int_lifecycle__person_owners') }}

),

desks as (

    select * from {{ ref('int_lifecycle__desks') }}

),

rep_identities as (

    select
        rep_id,
        rep_key
    from {{ ref('int_lifecycle__rep_identities') }}

),

current_cycles as (

    select
        funnel_cycle_id,
        person_id,
        lead_at,
        mql_at
    from {{ ref('fct_lead_funnel') }}
    qualify row_number() over (
        partition by person_id
        order by cycle_number desc
    ) = 1

),

lead_responses as (

    select
        funnel_cycle_id,
        due_at
    from {{ ref('fct_lead_responses') }}

),

held_people as (

    select person_id
    from first_reps
    union
    select person_owners.person_id
    from person_owners
    left join rep_identities
        on person_owners.owner_id = rep_identities.rep_id
    left join desks
        on
            coalesce(rep_identities.rep_key, lower(person_owners.owner_id))
            = desks.owner_key
    where desks.owner_key is null

),

unassigned_leads as (

    select
        people.person_id,
        people.account_id,
        people.lifecycle_stage,
        row_number() over (
            order by
                current_cycles.mql_at is null asc,
                lead_responses.due_at asc nulls last,
                coalesce(current_cycles.lead_at, people.created_at) asc nulls last,
                people.person_id asc
        ) as rank,
        coalesce(current_cycles.lead_at, people.created_at) as lead_at,
        current_cycles.mql_at,
        lead_responses.due_at,
        {{ as_of() }} as asked_at
    from people
    inner join lifecycle_stages
        on people.lifecycle_stage = lifecycle_stages.stage
    left join held_people
        on people.person_id = held_people.person_id
    left join current_cycles
        on people.person_id = current_cycles.person_id
    left join lead_responses
        on current_cycles.funnel_cycle_id = lead_responses.funnel_cycle_id
    where held_people.person_id is null

)

select * from unassigned_leads
