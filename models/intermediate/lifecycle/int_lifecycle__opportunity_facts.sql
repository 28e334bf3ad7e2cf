-- Grain: one row per opportunity, person named on it and stage that it proves:
-- opportunity from its creation, customer from its win, which a bare or backdated close
-- date never puts before the creation.

{{ config(materialized='view') }}

with

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

opportunities as (

    select
        opportunity_id,
        source,
        created_at,
        case
            when is_won and closed_at is not null
                then greatest(closed_at, coalesce(created_at, closed_at))
        end as won_at
    from {{ ref('fct_opportunity_outcomes') }}

),

opportunity_facts as (

    select
        opportunities.opportunity_id,
        opportunity_people.person_id,
        opportunities.source,
        'opportunity' as stage,
        opportunities.created_at as entered_at
    from opportunity_people
    inner join opportunities
        on opportunity_people.opportunity_id = opportunities.opportunity_id
    where opportunities.created_at is not null
    union all
    select
        opportunities.opportunity_id,
        opportunity_people.person_id,
        opportunities.source,
        'customer' as stage,
        opportunities.won_at as entered_at
    from opportunity_people
    inner join opportunities
        on opportunity_people.opportunity_id = opportunities.opportunity_id
    where opportunities.won_at is not null

)

select * from opportunity_facts
