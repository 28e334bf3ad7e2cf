-- Grain: one row per golden account.

with

golden_accounts as (

    select * from {{ ref('int_core__golden_accounts') }}

),

enrichments as (

    select * from {{ ref('int_core__latest_enrichments') }}

),

intent_scores as (

    select * from {{ ref('int_core__intent_scores') }}

),

customer_accounts as (

    select account_id
    from {{ ref('int_core__customer_accounts') }}

),

current_rates as (

    select
        currency,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}
    where
        valid_from <= {{ reporting_date(as_of()) }}
        and valid_to > {{ reporting_date(as_of()) }}

),

segments as (

    select * from {{ ref('segments') }}

),

territories as (

    select * from {{ ref('int_core__account_territories') }}

),

accounts as (

    select
        golden_accounts.account_id,
        golden_accounts.account_name,
        golden_accounts.domain,
        territories.industry,
        coalesce(golden_accounts.employee_count, enrichments.employee_count)
            as employee_count,
        coalesce(
            {{ converted(
                'golden_accounts.annual_revenue', 'current_rates.reporting_per_unit',
                18, 2
            ) }},
            cast(enrichments.annual_revenue as decimal(18, 2))
        ) as annual_revenue_usd,
        coalesce(segments.segment, 'unknown') as segment,
        territories.country,
        golden_accounts.state,
        territories.territory,
        golden_accounts.owner_id,
        customer_accounts.account_id is not null as is_customer,
        coalesce(golden_accounts.employee_count, enrichments.employee_count)
        is not null
        and territories.industry is not null
        and annual_revenue_usd is not null as is_enriched,
        coalesce(intent_scores.intent_score, 0) as intent_score,
        golden_accounts.record_count,
        golden_accounts.created_at
    from golden_accounts
    inner join territories
        on golden_accounts.account_id = territories.account_id
    left join enrichments
        on golden_accounts.domain = enrichments.enriched_key
    left join intent_scores
        on golden_accounts.domain = intent_scores.domain
    left join customer_accounts
        on golden_accounts.account_id = customer_accounts.account_id
    left join current_rates
        on golden_accounts.revenue_currency = current_rates.currency
    left join segments
        on
            coalesce(golden_accounts.employee_count, enrichments.employee_count)
            >= segments.min_employees
            and coalesce(golden_accounts.employee_count, enrichments.employee_count)
            <= coalesce(segments.max_employees, 2147483647)

)

select * from accounts
