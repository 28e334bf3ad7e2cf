-- Grain: one row per check and golden person that it looks at.

{{ config(materialized='view') }}

with

people as (

    select * from {{ ref('int_quality__people') }}

),

person_checks as (

    select
        'contact_completeness_rate' as check_name,
        person_id as record_key,
        owner_id,
        source,
        segment,
        case when is_complete then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from people
    union all
    select
        'usable_email_rate' as check_name,
        person_id as record_key,
        owner_id,
        source,
        segment,
        case when is_email_usable then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from people
    union all
    select
        'person_enrichment_coverage_rate' as check_name,
        person_id as record_key,
        owner_id,
        source,
        segment,
        case when is_enriched then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from people
    union all
    select
        'accountless_person_share' as check_name,
        person_id as record_key,
        owner_id,
        source,
        segment,
        case when account_id is null then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from people

)

select * from person_checks
