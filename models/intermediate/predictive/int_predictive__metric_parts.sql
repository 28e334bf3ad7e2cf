-- Grain: one row per watched metric, week, segment, channel and what else may drive it:
-- its parts, added up.

with

lead_parts as (

    select * from {{ ref('int_predictive__lead_parts') }}

),

money_parts as (

    select * from {{ ref('int_predictive__money_parts') }}

),

parts as (

    select * from lead_parts
    union all
    select * from money_parts

),

metric_parts as (

    select
        metric,
        cast(date_trunc('week', happened_on) as date) as week,
        segment,
        channel,
        campaign_id,
        owner_id,
        source,
        country,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(case
            when metric = 'marketing_sourced_pipeline'
                then {{ metric_part('ln(cast(numerator as double))') }}
        end) as log_sum,
        sum(case
            when metric = 'marketing_sourced_pipeline'
                then {{ metric_part('pow(ln(cast(numerator as double)), 2)') }}
        end) as log_square_sum
    from parts
    where happened_on <= {{ reporting_date(as_of()) }}
    group by
        metric,
        cast(date_trunc('week', happened_on) as date),
        segment,
        channel,
        campaign_id,
        owner_id,
        source,
        country

)

select * from metric_parts
