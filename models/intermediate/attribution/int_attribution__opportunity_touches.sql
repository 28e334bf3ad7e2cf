-- Grain: one row per opportunity and touchpoint that may belong to its journeys.
-- The touches are those of every person of the account and of the people named on the
-- opportunity, whatever account they belong to; each enters once.

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
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

touchpoints as (

    select
        touchpoint_id,
        person_id,
        account_id,
        campaign_id,
        channel,
        is_marketing,
        is_direct,
        is_sales,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null

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
    inner join touchpoints
        on
            opportunities.account_id = touchpoints.account_id
            and opportunities.window_start <= touchpoints.touched_at
            and opportunities.window_end >= touchpoints.touched_at

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
    inner join touchpoints
        on
            opportunity_people.person_id = touchpoints.person_id
            and opportunities.window_start <= touchpoints.touched_at
            and opportunities.window_end >= touchpoints.touched_at
    where not coalesce(touchpoints.account_id = opportunities.account_id, false)

),

opportunity_touches as (

    select * from account_touches
    union all
    select * from contact_touches

)

select * from opportunity_touches
