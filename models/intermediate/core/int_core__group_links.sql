-- Grain: one row per e-mail group and other group that it is tied to.
-- A conversion, a merge or a sync ties the two groups of its records, in both
-- directions.

with

email_groups as (

    select
        person_record_id,
        group_id,
        converted_contact_record_id,
        merged_into_record_id
    from {{ ref('int_core__email_groups') }}

),

crm_links as (

    select
        person_record_id,
        linked_record_id
    from {{ ref('int_core__crm_links') }}

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
    union all
    select
        email_groups.group_id,
        crm_links.linked_record_id as target_record_id
    from email_groups
    inner join crm_links
        on email_groups.person_record_id = crm_links.person_record_id

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

group_links as (

    select
        from_id as group_id,
        to_id as linked_group_id
    from ties
    union
    select
        to_id as group_id,
        from_id as linked_group_id
    from ties

)

select * from group_links
