-- Every conversion is credited in every model or listed as unattributed, and in every
-- model what is credited plus what is not equals its value to the cent.

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
    from {{ ref('fct_opportunities') }}
    union all
    select
        'won' as conversion_type,
        opportunity_id as conversion_id,
        amount_usd
    from {{ ref('fct_opportunities') }}
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
        sum(weight) as weight,
        sum(credit_usd) as credit_usd
    from {{ ref('fct_attribution_credits') }}
    group by
        conversion_type,
        conversion_id,
        attribution_model

),

unattributed as (

    select
        conversion_type,
        conversion_id,
        amount_usd
    from {{ ref('fct_unattributed_conversions') }}

),

reconciled as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        attribution_models.attribution_model,
        conversions.amount_usd,
        credits.weight,
        credits.credit_usd,
        unattributed.conversion_id is not null as is_unattributed,
        unattributed.amount_usd as unattributed_usd
    from conversions
    cross join attribution_models
    left join credits
        on
            conversions.conversion_type = credits.conversion_type
            and conversions.conversion_id = credits.conversion_id
            and attribution_models.attribution_model = credits.attribution_model
    left join unattributed
        on
            conversions.conversion_type = unattributed.conversion_type
            and conversions.conversion_id = unattributed.conversion_id

)

select * from reconciled
where
    is_unattributed = (weight is not null)
    or abs(coalesce(weight, 1) - 1) > 0.000000001
    or (
        round(coalesce(credit_usd, 0) + coalesce(unattributed_usd, 0), 2)
        != coalesce(amount_usd, 0)
    )
