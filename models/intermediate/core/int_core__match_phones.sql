-- Grain: one row per match unit and owner of a telephone number: the number with the
-- owner's given name and the initial of the family name.

with

match_profiles as (

    select
        unit_id,
        phone || ':' || first_name || ':' || left(last_name, 1) as own_phone
    from {{ ref('int_core__match_profiles') }}

),

match_phones as (

    select
        unit_id,
        own_phone
    from match_profiles
    where own_phone is not null
    group by unit_id, own_phone

)

select * from match_phones
