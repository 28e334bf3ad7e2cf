-- Each conversion is credited by every active model, with weights of 1 and credits that
-- round to its amount, or listed as unattributed with its amount: never both, never
-- neither. Nothing else is credited or listed.

with

conversions as (

    select
        'mql' as conversion_type,
        funnel_cycle_id as conversion_id,
        cast(null as decimal(18, 2)) as amount_usd
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null
    union all
    select
        'opportunity' as conversion_type,
        opportunity_id as conversion_id,
        amount_usd
    from {{ ref('fct_opportunity_outcomes') }}
    union all
    select
        'won' as conversion_type,
        opportunity_id as conversion_id,
        amount_usd
    from {{ ref('fct_opportunity_outcomes') }}
    where is_won

),

attribution_models as (

    select attribution_model
    from {{ ref('attribution_models') }}
    where is_active

),

credits as (

    select
        conversion_type,
        conversion_id,
        attribution_model,
        sum({{ exact_share('weight') }}) as weight,
        sum(credit_usd) as credit_usd
    from {{ ref('fct_attribution_credits') }}
    group by
        conversion_type,
        conversion_id,
        attribution_model

),

unattributed as (

    select
        unattributed_conversions.conversion_type,
        unattributed_conversions.conversion_id,
        attribution_models.attribution_model,
        unattributed_conversions.amount_usd
    from {{ ref('fct_unattributed_conversions') }} as unattributed_conversions
    cross join attribution_models

),

accounts as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        attribution_models.attribution_model,
        1 as conversions,
        conversions.amount_usd,
        0 as credited,
        cast(null as decimal(38, 18)) as weight,
        0 as unattributed,
        cast(null as decimal(28, 10)) as accounted_usd
    from conversions
    cross join attribution_models
    union all
    select
        conversion_type,
        conversion_id,
        attribution_model,
        0 as conversions,
        cast(null as decimal(18, 2)) as amount_usd,
        1 as credited,
        weight,
        0 as unattributed,
        credit_usd as accounted_usd
    from credits
    union all
    select
        conversion_type,
        conversion_id,
        attribution_model,
        0 as conversions,
        cast(null as decimal(18, 2)) as amount_usd,
        0 as credited,
        cast(null as decimal(38, 18)) as weight,
        1 as unattributed,
        amount_usd as accounted_usd
    from unattributed

),

balances as (

    select
        conversion_type,
        conversion_id,
        attribution_model,
        sum(conversions) as conversions,
        sum(credited) as credited,
        sum(unattributed) as unattributed,
        sum(weight) as weight,
        sum(amount_usd) as amount_usd,
        round(sum(accounted_usd), 2) as accounted_usd
    from accounts
    group by
        conversion_type,
        conversion_id,
        attribution_model

)

select * from balances
where
    conversions != 1
    or credited + unattributed != 1
    or abs(coalesce(weight, 1) - 1) > 0.000000001
    or accounted_usd is distinct from amount_usd
