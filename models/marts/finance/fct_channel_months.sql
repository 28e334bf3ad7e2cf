-- Grain: one row per month, channel and segment: what was spent and what the default
-- attribution model credits it with. Every column adds up; the channel unattributed
-- holds what no touch earned, so that the sums are all MQLs, pipeline and revenue.

with

segment_spend as (

    select * from {{ ref('int_finance__segment_spend_months') }}

),

credit_months as (

    select * from {{ ref('int_finance__credit_months') }}

),

parts as (

    {{ economics_parts(
        'segment_spend', 'credit_months', ['month', 'channel', 'segment']
    ) }}

),

channel_months as (

    select
        month,
        channel,
        segment,
        {{ economics_totals() }}
    from parts
    group by
        month,
        channel,
        segment

)

select * from channel_months
