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

unattributed_opportunities as (

    select conversion_id as opportunity_id
    from {{ ref('fct_unattributed_conversions') }}
    where conversion_type = 'opportunity'

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
    union all
    select
        'unattributed_opportunity_share' as check_name,
        opportunities.opportunity_id as record_key,
        opportunities.owner_id,
        opportunities.source,
        opportunities.segment,
        case
            when unattributed_opportunities.opportunity_id is null then 0
            else 1
        end as numerator,
        1 as denominator,
        opportunities.created_at as happened_at
    from opportunities
    left join unattributed_opportunities
        on opportunities.opportunity_id = unattributed_opportunities.opportunity_id

)

select * from company_checks
