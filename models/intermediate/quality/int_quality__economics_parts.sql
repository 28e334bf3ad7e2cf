-- Grain: one row per metric that divides by spend, or divides it, month, channel and
-- segment: its parts.
-- Credit is counted in shares of a conversion. Summed up to each row and rounded, less
-- the same up to the row before, they add up to the whole conversions of the month:
-- six digits of their sum, since shares of a million conversions hold no more.

{{ config(materialized='view') }}

with

channel_months as (

    select
        month,
        channel,
        segment,
        spend_usd,
        contribution_margin_usd,
        lead(channel) over in_month is null as is_last,
        sum({{ exact_share('mqls') }}) over upto as mqls_upto,
        sum({{ exact_share('new_customers') }}) over upto as customers_upto
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

rounded_months as (

    select
        month,
        channel,
        segment,
        spend_usd,
        contribution_margin_usd,
        case
            when is_last then {{ metric_part('round(mqls_upto, 6)') }}
            else {{ metric_part('mqls_upto') }}
        end as mqls_upto,
        case
            when is_last then {{ metric_part('round(customers_upto, 6)') }}
            else {{ metric_part('customers_upto') }}
        end as customers_upto
    from channel_months

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
    from rounded_months
    window in_month as (
        partition by month
        order by channel, segment
    )

),

parts as (

    select
        'cost_per_mql' as metric,
        *,
        spend_usd as numerator,
        mqls as denominator
    from credited_months
    union all
    select
        'channel_cac' as metric,
        *,
        spend_usd as numerator,
        new_customers as denominator
    from credited_months
    union all
    select
        'romi' as metric,
        *,
        contribution_margin_usd - spend_usd as numerator,
        spend_usd as denominator
    from credited_months
    where channel != 'unattributed'

),

economics_parts as (

    select
        metric,
        month,
        channel,
        segment,
        cast(null as varchar) as campaign_id,
        cast(null as varchar) as owner_id,
        cast(null as varchar) as source,
        {{ metric_part('numerator') }} as numerator,
        {{ metric_part('denominator') }} as denominator
    from parts
    where numerator != 0 or denominator != 0

)

select * from economics_parts
