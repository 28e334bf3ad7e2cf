-- Grain: one row per opportunity and touchpoint that may belong to its journeys.
-- The touches are those of every person of the account and of the people named on the
-- opportunity, whatever account they belong to; each enters once, and weighs what the
-- person's role in the opportunity does. Each way to them reads the touches by itself,
-- so that an engine keeps those alone that it needs.

with

opportunities as (

    select
        opportunity_id,
        account_id,
        created_at,
        closed_at,
        {{ dbt.dateadd(
            'day',
            -(var('attribution_lookback_days') | int),
            'least(created_at, coalesce(closed_at, created_at))'
        ) }} as window_start,
        greatest(created_at, coalesce(closed_at, {{ as_of() }})) as window_end
    from {{ ref('fct_opportunity_outcomes') }}

),

opportunity_people as (

    select
        opportunity_id,
        person_id,
        coalesce({{ snake_case('role') }}, 'no_role') as role_name
    from {{ ref('bridge_opportunity_people') }}

),

contact_roles as (

    select
        role,
        weight
    from {{ ref('contact_roles') }}

),

account_touches as (

    select
        opportunities.opportunity_id,
        opportunities.created_at,
        opportunities.closed_at,
        touchpoints.touchpoint_id,
        touchpoints.person_id,
        touchpoints.campaign_id,
        touchpoints.channel,
        touchpoints.is_marketing,
        touchpoints.is_direct,
        touchpoints.is_sales,
        touchpoints.touched_at
    from opportunities
    inner join {{ ref('fct_touchpoints') }} as touchpoints
        on
            opportunities.account_id = touchpoints.account_id
            and opportunities.window_start <= touchpoints.touched_at
            and opportunities.window_end >= touchpoints.touched_at
    where touchpoints.person_id is not null

),

contact_touches as (

    select
        opportunities.opportunity_id,
        opportunities.created_at,
        opportunities.closed_at,
        touchpoints.touchpoint_id,
        touchpoints.person_id,
        touchpoints.campaign_id,
        touchpoints.channel,
        touchpoints.is_marketing,
        touchpoints.is_direct,
        touchpoints.is_sales,
        touchpoints.touched_at
    from opportunities
    inner join opportunity_people
        on opportunities.opportunity_id = opportunity_people.opportunity_id
    inner join {{ ref('fct_touchpoints') }} as touchpoints
        on
            opportunity_people.person_id = touchpoints.person_id
            and opportunities.window_start <= touchpoints.touched_at
            and opportunities.window_end >= touchpoints.touched_at
    where not coalesce(touchpoints.account_id = opportunities.account_id, false)

),

gathered_touches as (

    select * from account_touches
    union all
    select * from contact_touches

),

opportunity_touches as (

    select
        gathered_touches.*,
        coalesce(contact_roles.weight, 1) as role_weight
    from gathered_touches
    left join opportunity_people
        on
            gathered_touches.opportunity_id = opportunity_people.opportunity_id
            and gathered_touches.person_id = opportunity_people.person_id
    left join contact_roles
        on coalesce(opportunity_people.role_name, 'not_named') = contact_roles.role

)

select * from opportunity_touches
