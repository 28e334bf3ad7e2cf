-- Grain: one row per month of conversion, conversion type, attribution model, channel
-- and segment. Every measure adds up over all but models, which credit the same
-- conversions.

with

credits as (

    select
        cast(date_trunc('month', {{ reporting_date('converted_at') }}) as date)
            as month,
        conversion_type,
        attribution_model,
        channel,
        segment,
        weight,
        credit_usd
    from {{ ref('fct_attribution_credits') }}

),

channel_credits as (

    select
        month,
        conversion_type,
        attribution_model,
        channel,
        segment,
        cast(sum({{ exact_share('weight') }}) as decimal(28, 12))
            as credited_conversions,
        cast(sum(credit_usd) as decimal(28, 10)) as credit_usd
    from credits
    group by
        month,
        conversion_type,
        attribution_model,
        channel,
        segment

)

select * from channel_credits
