-- Grain: one row per channel and week with a cost, that which can be moved apart.

with

spend_days as (

    select
        channel,
        cast(date_trunc('week', spend_date) as date) as week,
        cost_type,
        has_exchange_rate,
        spend_usd
    from {{ ref('fct_ad_spend_days') }}

),

cost_types as (

    select * from {{ ref('cost_types') }}

),

typed_costs as (

    select
        spend_days.*,
        coalesce(cost_types.is_variable, false) as is_variable
    from spend_days
    left join cost_types on spend_days.cost_type = cost_types.cost_type

),

cost_weeks as (

    select
        channel,
        week,
        sum(spend_usd) filter (where is_variable) as variable_spend_usd,
        sum(spend_usd) filter (where not is_variable) as fixed_spend_usd,
        count(*) filter (where is_variable and not has_exchange_rate)
            as unconverted_costs
    from typed_costs
    group by
        channel,
        week

)

select * from cost_weeks
