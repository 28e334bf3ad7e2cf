-- Grain: one row per person record, with its golden person and its place among the
-- person's records. A person is named for the earliest record, so that a later
-- duplicate does not rename anybody.

with

person_records as (

    select * from {{ ref('int_core__person_records') }}

),

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

clustered as (

    select
        person_records.person_record_id,
        person_records.record_type,
        person_records.converted_contact_record_id,
        person_records.merged_into_record_id,
        person_records.is_deleted,
        person_records.created_at,
        coalesce(person_records.updated_at, person_records.created_at) as updated_at,
        coalesce(group_components.component_id, email_groups.group_id) as cluster_id
    from person_records
    inner join email_groups
        on person_records.person_record_id = email_groups.person_record_id
    left join group_components
        on email_groups.group_id = group_components.group_id

),

person_clusters as (

    select
        person_record_id,
        first_value(person_record_id) over (
            partition by cluster_id
            order by created_at asc nulls last, person_record_id asc
        ) as person_id,
        -- The record to trust first: alive, not merged away, a contact, fresh.
        row_number() over (
            partition by cluster_id
            order by
                is_deleted asc,
                (merged_into_record_id is not null) asc,
                (converted_contact_record_id is not null) asc,
                (record_type = 'contact') desc,
                updated_at desc nulls last,
                person_record_id asc
        ) as trust_rank,
        count(*) over (partition by cluster_id) as record_count,
        min(cast(is_deleted as integer)) over (partition by cluster_id) = 0
            as is_live_person
    from clustered

)

select * from person_clusters
