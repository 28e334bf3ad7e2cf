-- Grain: one row per e-mail group that a conversion or merge ties to another group.
-- Only groups with such a tie take part, so the walk stays small on a large CRM.

with recursive

email_groups as (

    select
        person_record_id,
        group_id,
        converted_contact_record_id,
        merged_into_record_id
    from {{ ref('int_core__email_groups') }}

),

pointers as (

    select
        group_id,
        converted_contact_record_id as target_record_id
    from email_groups
    where converted_contact_record_id is not null
    union all
    select
        group_id,
        merged_into_record_id as target_record_id
    from email_groups
    where merged_into_record_id is not null

),

ties as (

    select
        pointers.group_id as from_id,
        email_groups.group_id as to_id
    from pointers
    inner join email_groups
        on pointers.target_record_id = email_groups.person_record_id
    where pointers.group_id != email_groups.group_id

),

links as (

    select
        from_id,
        to_id
    from ties
    union
    select
        to_id as from_id,
        from_id as to_id
    from ties

),

walks as (

    select
        from_id as group_id,
        from_id as reached_id
    from links
    union
    select
        walks.group_id,
        links.to_id as reached_id
    from walks
    inner join links on walks.reached_id = links.from_id

),

group_components as (

    select
        group_id,
        min(reached_id) as component_id
    from walks
    group by group_id

)

select * from group_components
