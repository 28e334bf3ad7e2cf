-- Grain: one row per match unit and different writing of its person, under the least of
-- the records that write it so. A telephone number under which people of too many names
-- are recorded is a switchboard and left out.

with

person_features as (

    select * from {{ ref('int_core__person_features') }}

),

name_limits as (

    select max(rule_value) as max_names
    from {{ ref('identity_rules') }}
    where rule_name = 'max_names_per_phone'

),

phone_names as (

    -- Initials, either way round, since a typing error makes no other person.
    select
        phone,
        count(distinct concat(
            least(left(first_name, 1), left(last_name, 1)),
            greatest(left(first_name, 1), left(last_name, 1))
        )) as name_count
    from person_features
    where phone is not null
    group by phone

),

own_phones as (

    select phone_names.phone
    from phone_names
    inner join name_limits
        on phone_names.name_count <= name_limits.max_names

),

match_profiles as (

    select
        min(person_features.person_record_id) as person_record_id,
        person_features.unit_id,
        person_features.first_name,
        person_features.last_name,
        person_features.email,
        person_features.email_name,
        person_features.work_email,
        own_phones.phone,
        person_features.company,
        person_features.company_domain,
        person_features.site,
        person_features.title,
        person_features.postal_code,
        person_features.state,
        person_features.country
    from person_features
    left join own_phones
        on person_features.phone = own_phones.phone
    group by
        person_features.unit_id,
        person_features.first_name,
        person_features.last_name,
        person_features.email,
        person_features.email_name,
        person_features.work_email,
        own_phones.phone,
        person_features.company,
        person_features.company_domain,
        person_features.site,
        person_features.title,
        person_features.postal_code,
        person_features.state,
        person_features.country

)

select * from match_profiles
