-- Grain: one row per match unit and telephone number under which few enough names are
-- recorded that it is somebody's own.

with

match_profiles as (

    select
        unit_id,
        phone,
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
        match_profiles.phone
    from match_profiles
    inner join own_phones
        on match_profiles.phone = own_phones.phone
    group by match_profiles.unit_id, match_profiles.phone

)

select * from match_phones
