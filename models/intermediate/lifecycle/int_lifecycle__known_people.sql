-- Grain: one row per golden person: the moment from which the person is known.

with

profiles as (

    select
        person_id,
        created_at
    from {{ ref('dim_person_profiles') }}

),

first_declared as (

    select
        person_id,
        min(entered_at) as first_declared_at
    from {{ ref('int_lifecycle__declared_events') }}
    where exclusion_reason is null
    group by person_id

),

known_people as (

    select
        profiles.person_id,
        profiles.created_at,
        first_declared.first_declared_at,
        least(profiles.created_at, first_declared.first_declared_at) as known_at
    from profiles
    left join first_declared
        on profiles.person_id = first_declared.person_id

)

select * from known_people
