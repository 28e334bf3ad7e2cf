-- Grain: one row per check and person record that it looks at.
-- All records of a person but the earliest are copies: so of the records made by any
-- day, copies are records less people.

{{ config(materialized='view') }}

with

person_records as (

    select * from {{ ref('bridge_person_records') }}

),

staged_people as (

    select
        record_key,
        created_at
    from {{ ref('int_quality__staged_people') }}

),

people as (

    select * from {{ ref('int_quality__people') }}

),

ranked_records as (

    select
        person_records.person_record_id,
        people.owner_id,
        person_records.source,
        people.segment,
        person_records.is_standing,
        person_records.is_unmerged_duplicate,
        row_number() over (
            partition by person_records.person_id
            order by
                staged_people.created_at asc nulls last,
                person_records.person_record_id asc
        ) as record_number,
        staged_people.created_at
    from person_records
    inner join people
        on person_records.person_id = people.person_id
    left join staged_people
        on person_records.person_record_id = staged_people.record_key

),

record_checks as (

    select
        'duplicate_rate' as check_name,
        person_record_id as record_key,
        owner_id,
        source,
        segment,
        case when record_number > 1 then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from ranked_records
    union all
    select
        'unmerged_duplicate_rate' as check_name,
        person_record_id as record_key,
        owner_id,
        source,
        segment,
        case when is_unmerged_duplicate then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from ranked_records
    where is_standing

)

select * from record_checks
