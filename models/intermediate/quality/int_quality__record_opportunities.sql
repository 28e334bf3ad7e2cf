-- Grain: one row per golden person or account and open opportunity behind it.
-- Behind an account stand its own; behind a person those that name them and those of
-- their account, each once.

with

open_opportunities as (

    select
        opportunity_id,
        account_id,
        amount_usd
    from {{ ref('fct_opportunities') }}
    where not is_closed

),

people as (

    select
        person_id,
        account_id
    from {{ ref('dim_person_profiles') }}

),

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

record_opportunities as (

    select
        'accounts' as entity,
        account_id as record_id,
        opportunity_id,
        amount_usd
    from open_opportunities
    where account_id is not null
    union
    select
        'people' as entity,
        people.person_id as record_id,
        open_opportunities.opportunity_id,
        open_opportunities.amount_usd
    from people
    inner join open_opportunities
        on people.account_id = open_opportunities.account_id
    union
    select
        'people' as entity,
        opportunity_people.person_id as record_id,
        open_opportunities.opportunity_id,
        open_opportunities.amount_usd
    from opportunity_people
    inner join open_opportunities
        on opportunity_people.opportunity_id = open_opportunities.opportunity_id

)

select * from record_opportunities
