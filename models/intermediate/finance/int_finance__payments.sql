-- Grain: one row per payment or refund up to as_of, in the reporting currency at the
-- rate of its day. What is given back is negative, and so is the cost that it spares.

with

payments as (

    select
        *,
        case when kind = 'refund' then -abs(amount) else amount end as signed_amount,
        case when kind = 'refund' then -abs(cost_of_revenue) else cost_of_revenue end
            as signed_cost,
        coalesce(currency, '{{ var("reporting_currency") }}') as paid_currency,
        {{ reporting_date('paid_at') }} as paid_on
    from {{ ref('stg_generic__payments') }}
    where {{ known_by_as_of('paid_at') }}

),

account_records as (

    select
        account_record_id,
        account_id
    from {{ ref('bridge_account_records') }}

),

opportunities as (

    select
        opportunity_id,
        account_id
    from {{ ref('fct_opportunity_outcomes') }}

),

accounts as (

    select
        account_id,
        segment
    from {{ ref('dim_accounts') }}

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

placed_payments as (

    select
        payments.*,
        coalesce(account_records.account_id, opportunities.account_id) as account_id
    from payments
    left join account_records
        on payments.account_record_id = account_records.account_record_id
    left join opportunities
        on payments.opportunity_id = opportunities.opportunity_id

),

converted_payments as (

    select
        placed_payments.payment_id,
        placed_payments.source,
        placed_payments.account_id,
        placed_payments.account_record_id,
        placed_payments.opportunity_id,
        coalesce(accounts.segment, 'unknown') as segment,
        placed_payments.kind,
        placed_payments.paid_currency as currency,
        exchange_rates.reporting_per_unit is not null as has_exchange_rate,
        placed_payments.signed_amount as amount,
        {{ converted(
            'placed_payments.signed_amount', 'exchange_rates.reporting_per_unit', 28, 6
        ) }} as amount_usd,
        {{ converted(
            'placed_payments.signed_cost', 'exchange_rates.reporting_per_unit', 28, 6
        ) }} as cost_of_revenue_usd,
        placed_payments.paid_on,
        placed_payments.paid_at
    from placed_payments
    left join accounts
        on placed_payments.account_id = accounts.account_id
    left join exchange_rates
        on
            placed_payments.paid_currency = exchange_rates.currency
            and placed_payments.paid_on >= exchange_rates.valid_from
            and placed_payments.paid_on < exchange_rates.valid_to

)

select * from converted_payments
