-- Grain: one row per conversion: when the milestones on its way were reached.
-- The lead of an account begins with the first of its people, that of a deal without
-- account with the first who is named on it.

with

conversions as (

    select
        conversion_type,
        conversion_id,
        person_id,
        account_id
    from {{ ref('int_attribution__conversions') }}

),

people as (

    select
        person_id,
        account_id,
        created_at
    from {{ ref('dim_people') }}

),

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

opportunities as (

    select
        opportunity_id,
        created_at,
        closed_at
    from {{ ref('fct_opportunity_outcomes') }}

),

account_leads as (

    select
        account_id,
        min(created_at) as lead_created_at
    from people
    where account_id is not null
    group by account_id

),

named_leads as (

    select
        opportunity_people.opportunity_id,
        min(people.created_at) as lead_created_at
    from opportunity_people
    inner join people
        on opportunity_people.person_id = people.person_id
    group by opportunity_people.opportunity_id

),

person_milestones as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        people.created_at as lead_created_at,
        cast(null as timestamp) as opportunity_created_at,
        cast(null as timestamp) as closed_at
    from conversions
    left join people
        on conversions.person_id = people.person_id
    where conversions.conversion_type = 'mql'

),

deal_milestones as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        coalesce(account_leads.lead_created_at, named_leads.lead_created_at)
            as lead_created_at,
        opportunities.created_at as opportunity_created_at,
        case
            when conversions.conversion_type = 'won' then opportunities.closed_at
        end as closed_at
    from conversions
    inner join opportunities
        on conversions.conversion_id = opportunities.opportunity_id
    left join account_leads
        on conversions.account_id = account_leads.account_id
    left join named_leads
        on conversions.conversion_id = named_leads.opportunity_id
    where conversions.conversion_type != 'mql'

),

milestones as (

    select * from person_milestones
    union all
    select * from deal_milestones

)

select * from milestones
