-- Grain: one row per match profile and key under which they may meet a duplicate. A
-- duplicate shares at least one of these with its original, whatever else was mistyped:
-- initials, either way round, outlast a slip in both names or in a number.

{{ config(materialized='view') }}

{%- set keys = {
    'phone': 'phone',
    'names': 'both_names',
    'last_company': "last_name || ':' || company",
    'first_company': "first_name || ':' || company",
    'last_domain': "last_name || ':' || company_domain",
    'first_domain': "first_name || ':' || company_domain",
    'last_place': "last_name || ':' || postal_code",
    'first_place': "first_name || ':' || postal_code",
    'last_state': "last_name || ':' || left(first_name, 1) || ':' || state",
    'first_state': "first_name || ':' || left(last_name, 3) || ':' || state",
    'initials_company': "initials || ':' || company",
    'initials_place': "initials || ':' || postal_code",
    'last_site': "left(last_name, 2) || ':' || site",
    'first_site': "left(first_name, 2) || ':' || site",
    'initials_line': "initials || ':' || left(phone, 4)",
    'email_name': 'email_name',
    'mailbox': "left(email, instr(email, '@') + 2)",
} %}

with

match_profiles as (

    select
        *,
        case
            when first_name < last_name then first_name || ':' || last_name
            when first_name is not null then last_name || ':' || first_name
        end as both_names,
        case
            when first_name < last_name then left(first_name, 1) || left(last_name, 1)
            else left(last_name, 1) || left(first_name, 1)
        end as initials
    from {{ ref('int_core__match_profiles') }}

),

block_keys as (

    {{ keyed_records('match_profiles', keys) }}

)

select * from block_keys
