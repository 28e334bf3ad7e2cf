-- Grain: one row per match unit and owner of a telephone number, under which few enough
-- names are recorded that it is somebody's own: the number and the owner's initials.

with

match_profiles as (

    select
        unit_id,
        phone,
        phone || ':' || left(first_name, 1) || left(last_name, 1) as own_phone,
        first_name || ' ' || last_name as full_name
    from {{ ref('int_core__match_profiles') }}
    where phone is not null

),

name_limits as (

    select max(rule_value) as max_names
    from {{ ref('identity_rules') }}
    where rule_name = 'max_names_per_phone'

),

own_phones as (

    select match_profiles.phone
    from match_profiles
    group by match_profiles.phone
    having
        count(distinct match_profiles.full_name)
        <= (select name_limits.max_names from name_limits)

),

match_phones as (

    select
        match_profiles.unit_id,
        match_profiles.own_phone
    from match_profiles
    inner join own_phones
        on match_profiles.phone = own_phones.phone
    where match_profiles.own_phone is not null
    group by match_profiles.unit_id, match_profiles.own_phone

)

select * from match_phones
