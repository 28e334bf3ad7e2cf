-- Grain: one row per person record, with the unit that matching moves as one: all that
-- the deterministic rules put together. Where somebody decided that two records of a
-- component are two people, each of its records is a unit of its own.

with

person_components as (

    select * from {{ ref('int_core__person_components') }}

),

distinct_decisions as (

    select
        person_record_id,
        other_person_record_id
    from {{ ref('int_core__match_decisions') }}
    where decision = 'distinct'

),

contested_components as (

    select person_components.component_id
    from distinct_decisions
    inner join person_components
        on distinct_decisions.person_record_id = person_components.person_record_id
    inner join person_components as other_components
        on
            distinct_decisions.other_person_record_id
            = other_components.person_record_id
    where person_components.component_id = other_components.component_id
    group by person_components.component_id

),

match_units as (

    select
        person_components.person_record_id,
        person_components.group_id,
        contested_components.component_id is not null as is_contested,
        case
            when contested_components.component_id is null
                then person_components.component_id
            else person_components.person_record_id
        end as unit_id
    from person_components
    left join contested_components
        on person_components.component_id = contested_components.component_id

)

select * from match_units
