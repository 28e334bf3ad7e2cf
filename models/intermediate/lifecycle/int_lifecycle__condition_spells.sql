-- Grain: one row per person, condition of an MQL definition and moment at which
-- something happened and the condition held: until when it does, at most until
-- just before the next such moment. Only routes whose profile the person fits.

with

fitting_people as (

    select * from {{ ref('int_lifecycle__fitting_people') }}

),

criterion_touches as (

    select * from {{ ref('int_lifecycle__criterion_touches') }}

),

engagement_spells as (

    select * from {{ ref('int_lifecycle__engagement_spells') }}

),

numbered_touches as (

    select
        criterion_touches.*,
        row_number() over (
            partition by
                criterion_touches.person_key,
                criterion_touches.definition_version,
                criterion_touches.route,
                criterion_touches.condition_number
            order by criterion_touches.touched_at, criterion_touches.touchpoint_id
        ) as touch_number
    from criterion_touches
    inner join fitting_people
        on
            criterion_touches.person_key = fitting_people.person_key
            and criterion_touches.definition_version
            = fitting_people.definition_version
            and criterion_touches.route = fitting_people.route

),

met_spells as (

    select
        last_touches.person_key,
        last_touches.definition_version,
        last_touches.route,
        last_touches.condition_number,
        last_touches.touched_at as met_at,
        first_touches.touched_at + first_touches.window_days * interval '1' day
            as met_until
    from numbered_touches as last_touches
    inner join numbered_touches as first_touches
        on
            last_touches.person_key = first_touches.person_key
            and last_touches.definition_version = first_touches.definition_version
            and last_touches.route = first_touches.route
            and last_touches.condition_number = first_touches.condition_number
            and last_touches.touch_number
            = first_touches.touch_number + first_touches.least_count - 1
            and last_touches.touched_at
            <= first_touches.touched_at + first_touches.window_days * interval '1' day
    union all
    select engagement_spells.*
    from engagement_spells
    inner join fitting_people
        on
            engagement_spells.person_key = fitting_people.person_key
            and engagement_spells.definition_version
            = fitting_people.definition_version
            and engagement_spells.route = fitting_people.route

),

longest_spells as (

    select
        person_key,
        definition_version,
        route,
        condition_number,
        met_at,
        max(met_until) as met_until
    from met_spells
    group by
        person_key,
        definition_version,
        route,
        condition_number,
        met_at

),

condition_spells as (

    select
        person_key,
        definition_version,
        route,
        condition_number,
        met_at,
        least(
            met_until,
            lead(met_at) over (
                partition by person_key, definition_version, route, condition_number
                order by met_at
            ) - interval 1 microsecond
        ) as met_until
    from longest_spells

)

select * from condition_spells
