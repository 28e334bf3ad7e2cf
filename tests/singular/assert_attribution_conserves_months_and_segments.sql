-- In every model, month and segment, by what the credits themselves say of both:
-- credited and unattributed together are all MQLs, opportunities and wins, all pipeline
-- and all revenue, to the cent.

with

conversions as (

    select
        'mql' as conversion_type,
        segment,
        cast(null as decimal(18, 2)) as amount_usd,
        mql_at as converted_at
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null
    union all
    select
        'opportunity' as conversion_type,
        segment,
        amount_usd,
        created_at as converted_at
    from {{ ref('fct_opportunity_outcomes') }}
    union all
    select
        'won' as conversion_type,
        segment,
        amount_usd,
        closed_at as converted_at
    from {{ ref('fct_opportunity_outcomes') }}
    where is_won

),

attribution_models as (

    select attribution_model
    from {{ ref('attribution_models') }}
    where is_active

),

due as (

    select
        conversions.conversion_type,
        attribution_models.attribution_model,
        conversions.segment,
        conversions.converted_at,
        cast(1 as decimal(38, 18)) as due_conversions,
        cast(conversions.amount_usd as decimal(28, 10)) as due_usd
    from conversions
    cross join attribution_models

),

unattributed as (

    select
        unattributed_conversions.conversion_type,
        attribution_models.attribution_model,
        unattributed_conversions.segment,
        unattributed_conversions.converted_at,
        cast(-1 as decimal(38, 18)) as due_conversions,
        cast(-unattributed_conversions.amount_usd as decimal(28, 10)) as due_usd
    from {{ ref('fct_unattributed_conversions') }} as unattributed_conversions
    cross join attribution_models

),

credited as (

    select
        conversion_type,
        attribution_model,
        segment,
        converted_at,
        -{{ exact_share('weight') }} as due_conversions,
        -credit_usd as due_usd
    from {{ ref('fct_attribution_credits') }}

),

accounts as (

    select * from due
    union all
    select * from unattributed
    union all
    select * from credited

),

balances as (

    select
        conversion_type,
        attribution_model,
        segment,
        date_trunc('month', {{ reporting_date('converted_at') }}) as month,
        sum(due_conversions) as missing_conversions,
        round(coalesce(sum(due_usd), 0), 2) as missing_usd
    from accounts
    group by all

)

select * from balances
where
    abs(missing_conversions) > 0.000001
    or missing_usd != 0
