-- Grain: one row per record of a golden person, deleted ones of a person that has
-- others too, with its place among the person's records.

{{ config(materialized='view') }}

with

person_records as (

    select
        *,
        coalesce(account_record_id, converted_account_record_id)
            as linked_account_record_id,
        coalesce(updated_at, created_at) as changed_at
    from {{ ref('int_core__person_records') }}

),

live_clusters as (

    select
        person_record_id,
        person_id,
        record_count,
        trust_rank
    from {{ ref('int_core__person_clusters') }}
    where is_live_person

),

golden_person_records as (

    select
        live_clusters.person_id,
        live_clusters.record_count,
        live_clusters.trust_rank,
        person_records.person_record_id,
        person_records.source,
        person_records.record_id,
        person_records.record_type,
        person_records.email,
        person_records.first_name,
        person_records.last_name,
        person_records.title,
        person_records.company_name,
        person_records.phone,
        person_records.country,
        person_records.state,
        person_records.industry,
        person_records.employee_count,
        person_records.linked_account_record_id as account_record_id,
        person_records.owner_id,
        person_records.lead_source,
        person_records.converted_contact_record_id,
        person_records.merged_into_record_id,
        person_records.has_opted_out,
        person_records.is_deleted,
        person_records.created_at,
        person_records.changed_at,
        person_records.email_bounced_at
    from live_clusters
    inner join person_records
        on live_clusters.person_record_id = person_records.person_record_id

)

select * from golden_person_records
