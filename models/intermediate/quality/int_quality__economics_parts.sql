-- Grain: one row per metric that divides by spend, or divides it, month, channel and
-- segment: its parts.
-- Credit is counted in shares of a conversion. Summed up to each row and rounded, less
-- the same up to the row before, they add up to the whole conversions of the month.
-- What nothing was spent on has no cost, not one of 0. All channels of a month together
-- cost what was spent, be it nothing: a row without a channel says so.

{{ config(materialized='view') }}

with

channel_months as (

    select
        month,
        channel,
        segment,
        spend_usd,
        contribution_margin_usd,
        {{ credited_upto('mqls') }} as mqls_upto,
        {{ credited_upto('new_customers') }} as customers_upto
    from {{ ref('fct_channel_months') }}
    window upto as (
        partition by month
        order by channel, segment
        rows between unbounded preceding and current row
    ), in_month as (
        partition by month
        order by channel, segment
    )

),

credited_months as (

    select
        month,
        channel,
        segment,
        spend_usd,
        contribution_margin_usd,
        mqls_upto - coalesce(lag(mqls_upto) over in_month, 0) as mqls,
        customers_upto - coalesce(lag(customers_upto) over in_month, 0)
            as new_customers
    from channel_months
    window in_month as (
        partition by month
        order by channel, segment
    )

),

spendless_months as (

    select
        month,
        cast(null as string) as channel,
        cast(null as string) as segment,
        0 as numerator,
        0 as denominator
    from credited_months
    group by month
    having count(nullif(spend_usd, 0)) = 0

),

parts as (

    select
        'cost_per_mql' as metric,
        month,
        channel,
        segment,
        nullif(spend_usd, 0) as numerator,
        mqls as denominator
    from credited_months
    union all
    select
        'channel_cac' as metric,
        month,
        channel,
        segment,
        nullif(spend_usd, 0) as numerator,
        new_customers as denominator
    from credited_months
    union all
    select
        'romi' as metric,
        month,
        channel,
        segment,
        contribution_margin_usd - spend_usd as numerator,
        spend_usd as denominator
    from credited_months
    where channel != 'unattributed'
    union all
    select
        metrics.metric,
        spendless_months.*
    from spendless_months
    cross join (values ('cost_per_mql'), ('channel_cac')) as metrics (metric)

),

economics_parts as (

    select
        metric,
        month,
        channel,
        segment,
        cast(null as string) as campaign_id,
        cast(null as string) as owner_id,
        cast(null as string) as source,
        {{ metric_part('numerator') }} as numerator,
        {{ metric_part('denominator') }} as denominator
    from parts
    where channel is null or numerator != 0 or denominator != 0

)

select * from economics_parts
