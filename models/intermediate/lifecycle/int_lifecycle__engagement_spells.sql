-- Grain: one row per person, engagement condition of an MQL definition and moment of
-- points at which the person met it. It holds until the next moment of points.

{{ config(materialized='view') }}

with

criteria as (

    select
        {{ route_key() }} as route_key,
        condition_number,
        try_cast(value as double) as least_points
    from {{ ref('mql_criteria') }}
    where kind = 'engagement'

),

people as (

    select
        {{ number_key('person_id') }} as person_key
    from {{ ref('dim_person_profiles') }}

),

score_standings as (

    select
        people.person_key,
        score_standings.scored_at,
        score_standings.engagement_points
    from {{ ref('int_lifecycle__score_standings') }} as score_standings
    inner join people
        on score_standings.subject_key = people.person_key
    -- No definition may ask for any: then millions of rows need not be read.
    where exists (select 1 from criteria)

),

standing_spells as (

    select
        person_key,
        engagement_points,
        scored_at as met_at,
        coalesce(
            lead(scored_at) over (partition by person_key order by scored_at)
            - interval 1 microsecond,
            cast('9999-12-31' as timestamp)
        ) as met_until
    from score_standings

),

engagement_spells as (

    select
        standing_spells.person_key,
        criteria.route_key,
        criteria.condition_number,
        standing_spells.met_at,
        standing_spells.met_until
    from standing_spells
    inner join criteria
        on standing_spells.engagement_points >= criteria.least_points

)

select * from engagement_spells
