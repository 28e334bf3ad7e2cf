-- Grain: one row per metric of pipeline or won revenue, and opportunity that it counts:
-- its parts. What marketing neither sourced nor influenced adds 0, so that the month is
-- there. An amount whose currency has no rate adds nothing.

{{ config(materialized='view') }}

with

conversions as (

    select
        conversion_type,
        conversion_id,
        channel,
        segment,
        is_marketing_sourced,
        is_marketing_influenced,
        coalesce(amount_usd, 0) as amount_usd,
        month
    from {{ ref('fct_conversions') }}
    where conversion_type in ('opportunity', 'won')

),

opportunities as (

    select
        opportunity_id,
        owner_id,
        sourced_campaign_id
    from {{ ref('fct_opportunities') }}

),

parts as (

    select
        'marketing_sourced_pipeline' as metric,
        *,
        case when is_marketing_sourced then amount_usd else 0 end as numerator,
        cast(null as decimal(38, 10)) as denominator
    from conversions
    where conversion_type = 'opportunity'
    union all
    select
        'marketing_influenced_pipeline' as metric,
        *,
        case when is_marketing_influenced then amount_usd else 0 end as numerator,
        cast(null as decimal(38, 10)) as denominator
    from conversions
    where conversion_type = 'opportunity'
    union all
    select
        'marketing_sourced_revenue_pct' as metric,
        *,
        case when is_marketing_sourced then amount_usd else 0 end as numerator,
        amount_usd as denominator
    from conversions
    where conversion_type = 'won'

),

pipeline_parts as (

    select
        parts.metric,
        parts.month,
        parts.channel,
        parts.segment,
        coalesce(opportunities.sourced_campaign_id, 'unknown') as campaign_id,
        coalesce(opportunities.owner_id, 'unknown') as owner_id,
        split_part(parts.conversion_id, ':', 1) as source,
        {{ metric_part('parts.numerator') }} as numerator,
        {{ metric_part('parts.denominator') }} as denominator
    from parts
    inner join opportunities
        on parts.conversion_id = opportunities.opportunity_id

)

select * from pipeline_parts
