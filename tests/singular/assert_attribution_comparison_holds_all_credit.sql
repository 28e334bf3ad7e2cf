-- The models side by side hold what fct_attribution_credits holds: per conversion type
-- and model all credited conversions, and all money to the cent.

with

credits as (

    select
        conversion_type,
        attribution_model,
        {{ exact_share('weight') }} as credited_conversions,
        credit_usd
    from {{ ref('fct_attribution_credits') }}

),

compared as (

    select
        conversion_type,
        attribution_model,
        -cast(credited_conversions as decimal(38, 18)) as credited_conversions,
        -credit_usd as credit_usd
    from {{ ref('rpt_attribution_comparison') }}

),

accounts as (

    select * from credits
    union all
    select * from compared

),

balances as (

    select
        conversion_type,
        attribution_model,
        sum(credited_conversions) as missing_conversions,
        round(coalesce(sum(credit_usd), 0), 2) as missing_usd
    from accounts
    group by all

)

select * from balances
where
    abs(missing_conversions) > 0.000001
    or missing_usd != 0
