-- Grain: one row per audience in force and marketable person who belongs to it.
-- Every condition of the audience holds; without one, everybody belongs to it.

with

audiences as (

    select
        audience_id,
        audience
    from {{ ref('audiences') }}
    where {{ in_force() }}

),

marketable_people as (

    select
        person_id,
        account_id
    from {{ ref('audience_marketable_people') }}

),

unmet_audiences as (

    select
        person_id,
        audience_id
    from {{ ref('int_lifecycle__met_conditions') }}
    where not is_met
    group by
        person_id,
        audience_id

),

members as (

    select
        audiences.audience_id,
        audiences.audience,
        marketable_people.person_id,
        marketable_people.account_id
    from audiences
    cross join marketable_people
    left join unmet_audiences
        on
            marketable_people.person_id = unmet_audiences.person_id
            and audiences.audience_id = unmet_audiences.audience_id
    where unmet_audiences.person_id is null

)

select * from members
