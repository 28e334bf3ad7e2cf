-- Grain: one row per person on an opportunity and stage that the opportunities prove:
-- opportunity from the first one created, customer from the first one won.

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
        case when is_won then closed_at end as won_at
    from {{ ref('fct_opportunity_outcomes') }}

),

person_opportunities as (

    select
        opportunity_people.person_id,
        opportunities.opportunity_id,
        opportunities.source,
        opportunities.created_at,
        opportunities.won_at
    from opportunity_people
    inner join opportunities
        on opportunity_people.opportunity_id = opportunities.opportunity_id

),

first_created as (

    select
        person_id,
        source,
        'opportunity' as stage,
        created_at as entered_at
    from person_opportunities
    where created_at is not null
    qualify row_number() over (
        partition by person_id
        order by created_at asc, opportunity_id asc
    ) = 1

),

first_won as (

    select
        person_id,
        source,
        'customer' as stage,
        won_at as entered_at
    from person_opportunities
    where won_at is not null
    qualify row_number() over (
        partition by person_id
        order by won_at asc, opportunity_id asc
    ) = 1

),

opportunity_facts as (

    select * from first_created
    union all
    select * from first_won

)

select * from opportunity_facts
