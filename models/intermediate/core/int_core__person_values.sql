-- Grain: one row per record of a golden person of several records and field that the
-- record fills, with its place among those of the person by each rule of survivorship.

{{ config(materialized='view') }}

with

shared_records as (

    select * from {{ ref('int_core__golden_person_records') }}
    where record_count > 1

),

placed_records as (

    select
        person_id as golden_id,
        person_record_id as record_key,
        source,
        trust_rank,
        case when is_deleted then 4 else 0 end
        + case when merged_into_record_id is null then 0 else 2 end
        + case when converted_contact_record_id is null then 0 else 1 end
            as standing_place,
        case when record_type = 'contact' then 1 else 2 end as contact_place,
        case when email_bounced_at is null then 1 else 2 end as bounce_place,
        rank() over (
            partition by person_id
            order by changed_at desc nulls last
        ) as recency_place,
        rank() over (
            partition by person_id
            order by created_at asc nulls last
        ) as age_place,
        {{ each_column(
            golden_fields('people'), 'cast({} is not null as integer)', ' +'
        ) }} as filled_count,
        {{ each_column(golden_fields('people'), 'cast({} as string) as {}') }}
    from shared_records

),

person_values as (

    select
        golden_id,
        field,
        field_value,
        record_key,
        source,
        trust_rank,
        standing_place,
        contact_place,
        bounce_place,
        recency_place,
        age_place,
        filled_count
    from placed_records unpivot (
        field_value for field in (
            {{ each_column(golden_fields('people')) }}
        )
    )

)

select * from person_values
