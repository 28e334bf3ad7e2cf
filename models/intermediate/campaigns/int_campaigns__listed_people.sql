-- Grain: one row per golden person who is on the suppression list at as_of.

with

suppression_list as (

    select
        suppression_id,
        lower(trim(email)) as email,
        lower(trim(domain)) as email_domain
    from {{ ref('suppression_list') }}
    where {{ in_force() }}

),

person_addresses as (

    select
        person_id,
        email
    from {{ ref('int_campaigns__person_addresses') }}

),

profiles as (

    select
        person_id,
        email_domain
    from {{ ref('dim_person_profiles') }}

),

matches as (

    select
        person_addresses.person_id,
        suppression_list.suppression_id
    from person_addresses
    inner join suppression_list
        on person_addresses.email = suppression_list.email
    union all
    select
        profiles.person_id,
        suppression_list.suppression_id
    from profiles
    inner join suppression_list
        on profiles.email_domain = suppression_list.email_domain

),

listed_people as (

    select
        person_id,
        min(suppression_id) as suppression_id
    from matches
    group by person_id

)

select * from listed_people
