-- Grain: one row per month, conversion type, attribution model and channel credited.
-- Weights are cut to ten decimals, as closings keep them: figures of months and the
-- reasons of conversions are sums of the same digits. fct_channel_credits cuts none, as
-- thirds that are cut are no whole conversion.

with

attribution_credits as (

    select
        conversion_type,
        attribution_model,
        channel,
        weight,
        credit_usd,
        cast(date_trunc('month', {{ reporting_date('converted_at') }}) as date)
            as month
    from {{ ref('fct_attribution_credits') }}

),

model_months as (

    select
        month,
        conversion_type,
        attribution_model,
        channel,
        sum(cast(weight as decimal(28, 10))) as weight,
        sum(credit_usd) as credit_usd
    from attribution_credits
    group by
        month,
        conversion_type,
        attribution_model,
        channel

)

select * from model_months
