-- Grain: one row per person whom no source ever recorded an assignment of, and why
-- routing is not judged.
-- An owner of today does not tell who was first.

with

people as (

    select
        person_id,
        account_id,
        owner_id,
        lifecycle_stage,
        created_at
    from {{ ref('dim_people') }}

),

lead_assignments as (

    select person_id
    from {{ ref('fct_lead_assignments') }}
    where is_first

),

unrouted_leads as (

    select
        people.person_id,
        people.account_id,
        people.owner_id,
        people.lifecycle_stage,
        case
            when people.owner_id is null then 'no_owner'
            when people.owner_id like 'salesforce:00G%' then 'in_queue'
            else 'owner_without_assignment'
        end as unrouted_reason,
        people.created_at
    from people
    left join lead_assignments
        on people.person_id = lead_assignments.person_id
    where lead_assignments.person_id is null

)

select * from unrouted_leads
