-- Grain: one row per person, moment and rep who then had an open opportunity of the
-- person, else of the person's account.

with

routed_leads as (

    select
        person_id,
        account_id,
        routed_at
    from {{ ref('int_lifecycle__routed_leads') }}

),

owned_opportunities as (

    select * from {{ ref('int_lifecycle__owned_opportunities') }}

),

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

personal_opportunities as (

    select
        opportunity_people.person_id,
        owned_opportunities.rep_id,
        owned_opportunities.rep_key,
        owned_opportunities.created_at,
        owned_opportunities.open_until
    from opportunity_people
    inner join owned_opportunities
        on opportunity_people.opportunity_id = owned_opportunities.opportunity_id

),

open_opportunities as (

    select
        routed_leads.person_id,
        routed_leads.routed_at,
        personal_opportunities.rep_id,
        personal_opportunities.rep_key,
        1 as nearness
    from routed_leads
    inner join personal_opportunities
        on
            routed_leads.person_id = personal_opportunities.person_id
            and routed_leads.routed_at >= personal_opportunities.created_at
            and routed_leads.routed_at <= personal_opportunities.open_until
    union all
    select
        routed_leads.person_id,
        routed_leads.routed_at,
        owned_opportunities.rep_id,
        owned_opportunities.rep_key,
        2 as nearness
    from routed_leads
    inner join owned_opportunities
        on
            routed_leads.account_id = owned_opportunities.account_id
            and routed_leads.routed_at >= owned_opportunities.created_at
            and routed_leads.routed_at <= owned_opportunities.open_until

),

nearest_opportunities as (

    select *
    from open_opportunities
    qualify rank() over (
        partition by person_id, routed_at
        order by nearness
    ) = 1

),

opportunity_owners as (

    select
        person_id,
        routed_at,
        rep_id,
        rep_key
    from nearest_opportunities
    group by
        person_id,
        routed_at,
        rep_id,
        rep_key

)

select * from opportunity_owners
