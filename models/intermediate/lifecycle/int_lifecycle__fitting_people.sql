-- Grain: one row per person and route of an MQL definition, in force or not, all of
-- whose profile conditions the person meets.

with

criteria as (

    select
        {{ route_key() }} as route_key,
        definition_version,
        route,
        condition_number,
        kind,
        column_name,
        operator,
        lower(value) as given_text,
        try_cast(value as double) as given_number
    from {{ ref('mql_criteria') }}

),

person_attributes as (

    select
        *,
        {{ number_key('person_id') }} as person_key
    from {{ ref('int_lifecycle__person_attributes') }}

),

routes as (

    select
        route_key,
        definition_version,
        route,
        count(distinct case when kind = 'profile' then condition_number end)
            as condition_count
    from criteria
    group by
        route_key,
        definition_version,
        route

),

values_to_judge as (

    select
        person_attributes.person_key,
        criteria.route_key,
        criteria.condition_number,
        criteria.operator,
        criteria.given_text,
        criteria.given_number,
        {{ attribute_text('criteria.column_name', 'person_attributes') }}
            as text_value,
        {{ attribute_number('criteria.column_name', 'person_attributes') }}
            as number_value
    from person_attributes
    cross join criteria
    where criteria.kind = 'profile'

),

met_conditions as (

    select
        person_key,
        route_key,
        condition_number
    from values_to_judge
    where {{ is_met() }}
    group by
        person_key,
        route_key,
        condition_number

),

met_routes as (

    select
        person_key,
        route_key,
        count(*) as met_count
    from met_conditions
    group by
        person_key,
        route_key

),

fitting_people as (

    select
        person_attributes.person_id,
        person_attributes.person_key,
        routes.route_key,
        routes.definition_version,
        routes.route
    from person_attributes
    cross join routes
    left join met_routes
        on
            person_attributes.person_key = met_routes.person_key
            and routes.route_key = met_routes.route_key
    where coalesce(met_routes.met_count, 0) = routes.condition_count

)

select * from fitting_people
