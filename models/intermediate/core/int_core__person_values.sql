-- Grain: one row per record of a golden person and field that the record fills, with
-- the record's place among those of the person by each rule of survivorship.

{{ config(materialized='view') }}

with

person_records as (

    select
        *,
        coalesce(updated_at, created_at) as changed_at,
        coalesce(account_record_id, converted_account_record_id)
            as linked_account_record_id
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

placed_records as (

    select
        live_clusters.person_id as golden_id,
        person_records.person_record_id as record_key,
        person_records.source,
        live_clusters.record_count,
        live_clusters.trust_rank,
        case when person_records.is_deleted then 4 else 0 end
        + case when person_records.merged_into_record_id is null then 0 else 2 end
        + case when person_records.converted_contact_record_id is null then 0 else 1 end
            as standing_place,
        case when person_records.record_type = 'contact' then 1 else 2 end
            as contact_place,
        case when person_records.email_bounced_at is null then 1 else 2 end
            as bounce_place,
        rank() over (
            partition by live_clusters.person_id
            order by person_records.changed_at desc nulls last
        ) as recency_place,
        rank() over (
            partition by live_clusters.person_id
            order by person_records.created_at asc nulls last
        ) as age_place,
        cast(person_records.email is not null as integer)
        + cast(person_records.first_name is not null as integer)
        + cast(person_records.last_name is not null as integer)
        + cast(person_records.title is not null as integer)
        + cast(person_records.company_name is not null as integer)
        + cast(person_records.phone is not null as integer)
        + cast(person_records.country is not null as integer)
        + cast(person_records.state is not null as integer)
        + cast(person_records.industry is not null as integer)
        + cast(person_records.employee_count is not null as integer)
        + cast(person_records.linked_account_record_id is not null as integer)
        + cast(person_records.owner_id is not null as integer)
        + cast(person_records.lead_source is not null as integer)
            as filled_count,
        person_records.email,
        person_records.first_name,
        person_records.last_name,
        person_records.title,
        person_records.company_name,
        person_records.phone,
        person_records.country,
        person_records.state,
        person_records.industry,
        cast(person_records.employee_count as string) as employee_count,
        person_records.linked_account_record_id as account_record_id,
        person_records.owner_id,
        person_records.lead_source
    from live_clusters
    inner join person_records
        on live_clusters.person_record_id = person_records.person_record_id

),

person_values as (

    select
        golden_id,
        field,
        field_value,
        record_key,
        source,
        record_count,
        trust_rank,
        standing_place,
        contact_place,
        bounce_place,
        recency_place,
        age_place,
        filled_count
    from placed_records unpivot (
        field_value for field in (
            email,
            first_name,
            last_name,
            title,
            company_name,
            phone,
            country,
            state,
            industry,
            employee_count,
            account_record_id,
            owner_id,
            lead_source
        )
    )

)

select * from person_values
