-- Grain: one row per person record, with what the deterministic rules put it into: the
-- component of its e-mail group.

{{ config(materialized='view') }}

with

email_groups as (

    select
        person_record_id,
        group_id
    from {{ ref('int_core__email_groups') }}

),

group_components as (

    select
        group_id,
        component_id
    from {{ ref('int_core__group_components') }}

),

person_components as (

    select
        email_groups.person_record_id,
        email_groups.group_id,
        coalesce(group_components.component_id, email_groups.group_id)
            as component_id
    from email_groups
    left join group_components
        on email_groups.group_id = group_components.group_id

)

select * from person_components
