-- Grain: one row per match unit and different writing of its person, under the least of
-- the records that write it so.

with

person_features as (

    select * from {{ ref('int_core__person_features') }}

),

match_profiles as (

    select
        min(person_record_id) as person_record_id,
        unit_id,
        first_name,
        last_name,
        email,
        email_name,
        work_email,
        phone,
        company,
        company_domain,
        title,
        postal_code,
        state,
        country
    from person_features
    group by
        unit_id,
        first_name,
        last_name,
        email,
        email_name,
        work_email,
        phone,
        company,
        company_domain,
        title,
        postal_code,
        state,
        country

)

select * from match_profiles
