-- Grain: one row per match profile and key under which they may meet a duplicate. A
-- duplicate shares at least one of these with its original, whatever else was mistyped:
-- initials, either way round, outlast a slip in both names or in a number.

{{ config(materialized='view') }}

with

match_profiles as (

    select
        *,
        case
            when first_name < last_name then left(first_name, 1) || left(last_name, 1)
            else left(last_name, 1) || left(first_name, 1)
        end as initials
    from {{ ref('int_core__match_profiles') }}

),

all_keys as (

    select
        person_record_id,
        unit_id,
        'phone:' || phone as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'names:' || least(first_name, last_name)
        || ':' || greatest(first_name, last_name) as block_key
    from match_profiles
    where first_name is not null and last_name is not null
    union all
    select
        person_record_id,
        unit_id,
        'last_company:' || last_name || ':' || company as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'first_company:' || first_name || ':' || company as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'last_domain:' || last_name || ':' || company_domain as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'first_domain:' || first_name || ':' || company_domain as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'last_place:' || last_name || ':' || postal_code as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'first_place:' || first_name || ':' || postal_code as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'initials_company:' || initials || ':' || company as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'initials_place:' || initials || ':' || postal_code as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'last_site:' || left(last_name, 1) || ':' || company || ':' || postal_code
            as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'first_site:' || left(first_name, 1) || ':' || company || ':' || postal_code
            as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'initials_line:' || initials || ':' || left(phone, 4) as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'last_line:' || last_name || ':' || left(first_name, 1) || ':' || left(phone, 3)
            as block_key
    from match_profiles
    union all
    select
        person_record_id,
        unit_id,
        'email_name:' || email_name as block_key
    from match_profiles
    where email_name is not null

),

block_keys as (

    select * from all_keys
    where block_key is not null

)

select * from block_keys
