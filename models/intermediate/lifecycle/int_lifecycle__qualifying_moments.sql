-- Grain: one row per person, version of the MQL definition, in force or not, and moment
-- at which something happened and the person met the version.

with

criteria as (

    select
        {{ route_key() }} as route_key,
        condition_number
    from {{ ref('mql_criteria') }}
    where kind != 'profile'

),

condition_spells as (

    select * from {{ ref('int_lifecycle__condition_spells') }}

),

fitting_people as (

    select * from {{ ref('int_lifecycle__fitting_people') }}

),

routes as (

    select
        route_key,
        count(distinct condition_number) as condition_count
    from criteria
    group by route_key

),

changes as (

    select
        person_key,
        route_key,
        met_at as changed_at,
        false as is_end,
        1 as conditions_more
    from condition_spells
    union all
    select
        person_key,
        route_key,
        met_until as changed_at,
        true as is_end,
        -1 as conditions_more
    from condition_spells

),

standings as (

    -- Of one moment all starts count, and no end: a spell holds at its last moment.
    select
        *,
        sum(conditions_more) over (
            partition by person_key, route_key
            order by changed_at asc, is_end asc
            range between unbounded preceding and current row
        ) as met_count
    from changes

),

qualifying_moments as (

    select
        fitting_people.person_id,
        fitting_people.definition_version,
        standings.changed_at as qualified_at
    from standings
    inner join routes
        on
            standings.route_key = routes.route_key
            and standings.met_count = routes.condition_count
    inner join fitting_people
        on
            standings.person_key = fitting_people.person_key
            and standings.route_key = fitting_people.route_key
    where not standings.is_end
    group by
        fitting_people.person_id,
        fitting_people.definition_version,
        standings.changed_at

)

select * from qualifying_moments
