-- dim_people holds every golden person, once.

with

profiles as (

    select person_id
    from {{ ref('dim_person_profiles') }}

),

people as (

    select person_id
    from {{ ref('dim_people') }}

),

missing_people as (

    select profiles.person_id
    from profiles
    left join people
        on profiles.person_id = people.person_id
    where people.person_id is null

)

select * from missing_people
