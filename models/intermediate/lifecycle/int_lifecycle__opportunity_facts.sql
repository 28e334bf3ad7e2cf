-- Grain: one row per opportunity, person named on it and stage that it proves:
-- opportunity from its creation, customer from its win, which a bare or backdated close
-- date never puts before the creation. Whose lead was converted into it joined it then.

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
                then {{ won_at() }}
        end as won_at
    from {{ ref('fct_opportunity_outcomes') }}

),

converted_people as (

    select
        person_id,
        opportunity_id,
        min(entered_at) as joined_at
    from {{ ref('int_lifecycle__conversions') }}
    where opportunity_id is not null
    group by
        person_id,
        opportunity_id

),

joined_opportunities as (

    select
        opportunities.opportunity_id,
        opportunity_people.person_id,
        opportunities.source,
        case
            when opportunities.created_at is not null
                then greatest(
                    opportunities.created_at,
                    coalesce(converted_people.joined_at, opportunities.created_at)
                )
        end as created_at,
        case
            when opportunities.won_at is not null
                then greatest(
                    opportunities.won_at,
                    coalesce(converted_people.joined_at, opportunities.won_at)
                )
        end as won_at
    from opportunity_people
    inner join opportunities
        on opportunity_people.opportunity_id = opportunities.opportunity_id
    left join converted_people
        on
            opportunity_people.opportunity_id = converted_people.opportunity_id
            and opportunity_people.person_id = converted_people.person_id

),

opportunity_facts as (

    select
        opportunity_id,
        person_id,
        source,
        'opportunity' as stage,
        created_at as entered_at
    from joined_opportunities
    where created_at is not null
    union all
    select
        opportunity_id,
        person_id,
        source,
        'customer' as stage,
        won_at as entered_at
    from joined_opportunities
    where won_at is not null

)

select * from opportunity_facts
