-- Grain: one row per metric, month, channel, segment, campaign, owner and source.
-- Numerator and denominator add up over any of them, but for the metrics that are a
-- state at the end of a month: those do not add up over months.

with

state_parts as (

    select * from {{ ref('int_quality__state_parts') }}

),

lead_parts as (

    select * from {{ ref('int_quality__lead_parts') }}

),

pipeline_parts as (

    select * from {{ ref('int_quality__pipeline_parts') }}

),

economics_parts as (

    select * from {{ ref('int_quality__economics_parts') }}

),

operation_parts as (

    select * from {{ ref('int_quality__operation_parts') }}

),

all_parts as (

    select * from state_parts
    union all
    select * from lead_parts
    union all
    select * from pipeline_parts
    union all
    select * from economics_parts
    union all
    select * from operation_parts

),

metric_parts as (

    select
        metric,
        month,
        channel,
        segment,
        campaign_id,
        owner_id,
        source,
        {{ metric_part('sum(numerator)') }} as numerator,
        {{ metric_part('sum(denominator)') }} as denominator
    from all_parts
    group by
        metric,
        month,
        channel,
        segment,
        campaign_id,
        owner_id,
        source

)

select * from metric_parts
