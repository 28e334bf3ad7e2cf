-- Grain: one row per person record, with its golden person and its place among the
-- person's records. A person is named for the earliest record, so that a later
-- duplicate does not rename anybody.

with

person_records as (

    select * from {{ ref('int_core__person_records') }}

),

match_units as (

    select
        person_record_id,
        group_id,
        unit_id
    from {{ ref('int_core__match_units') }}

),

match_clusters as (

    select * from {{ ref('int_core__match_clusters') }}

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
        match_units.group_id,
        coalesce(match_clusters.cluster_id, match_units.unit_id) as cluster_id,
        match_clusters.match_rule,
        match_clusters.match_probability
    from person_records
    inner join match_units
        on person_records.person_record_id = match_units.person_record_id
    left join match_clusters
        on match_units.unit_id = match_clusters.unit_id

),

person_clusters as (

    select
        person_record_id,
        first_value(person_record_id) over (
            partition by cluster_id
            order by created_at asc nulls last, person_record_id asc
        ) as person_id,
        match_rule as cluster_match_rule,
        match_probability as cluster_match_probability,
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
        count(*) over (partition by cluster_id, group_id) as address_record_count,
        min(cast(is_deleted as integer)) over (partition by cluster_id) = 0
            as is_live_person
    from clustered

)

select * from person_clusters
