-- Grain: one row per check and account or opportunity that it looks at.

{{ config(materialized='view') }}

with

accounts as (

    select * from {{ ref('int_quality__accounts') }}

),

opportunities as (

    select
        opportunity_id,
        account_id,
        primary_person_id,
        coalesce(owner_id, 'unknown') as owner_id,
        split_part(opportunity_id, ':', 1) as source,
        segment,
        created_at
    from {{ ref('fct_opportunities') }}

),

company_checks as (

    select
        'enrichment_coverage_rate' as check_name,
        account_id as record_key,
        owner_id,
        source,
        segment,
        case when is_enriched then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from accounts
    union all
    select
        'accountless_opportunity_share' as check_name,
        opportunity_id as record_key,
        owner_id,
        source,
        segment,
        case when account_id is null then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from opportunities
    union all
    select
        'peopleless_opportunity_share' as check_name,
        opportunity_id as record_key,
        owner_id,
        source,
        segment,
        case when primary_person_id is null then 1 else 0 end as numerator,
        1 as denominator,
        created_at as happened_at
    from opportunities

)

select * from company_checks
