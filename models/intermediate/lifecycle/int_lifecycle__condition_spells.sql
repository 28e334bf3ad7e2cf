-- Grain: one row per person, condition of an MQL definition and moment at which
-- something happened and the condition held: until when it does, at most until
-- just before the next such moment. Only routes whose profile the person fits.

with

fitting_people as (

    select
        person_key,
        route_key
    from {{ ref('int_lifecycle__fitting_people') }}

),

engagement_spells as (

    select * from {{ ref('int_lifecycle__engagement_spells') }}

),

criterion_touches as (

    select * from {{ ref('int_lifecycle__criterion_touches') }}

),

numbered_touches as (

    select
        *,
        row_number() over (
            partition by person_key, route_key, condition_number
            order by touched_at, touchpoint_key
        ) as touch_number
    from criterion_touches

),

met_spells as (

    select
        last_touches.person_key,
        last_touches.route_key,
        last_touches.condition_number,
        last_touches.touched_at as met_at,
        first_touches.touched_at + first_touches.window_days * interval '1' day
            as met_until
    from numbered_touches as last_touches
    inner join numbered_touches as first_touches
        on
            last_touches.person_key = first_touches.person_key
            and last_touches.route_key = first_touches.route_key
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
            and engagement_spells.route_key = fitting_people.route_key

),

longest_spells as (

    select
        person_key,
        route_key,
        condition_number,
        met_at,
        max(met_until) as met_until
    from met_spells
    group by
        person_key,
        route_key,
        condition_number,
        met_at

),

condition_spells as (

    select
        person_key,
        route_key,
        condition_number,
        met_at,
        least(
            met_until,
            lead(met_at) over (
                partition by person_key, route_key, condition_number
                order by met_at
            ) - interval 1 microsecond
        ) as met_until
    from longest_spells

)

select * from condition_spells
