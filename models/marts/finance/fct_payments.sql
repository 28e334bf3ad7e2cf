-- Grain: one row per payment or refund up to as_of.
-- What is left of a payment whose cost nobody gives goes by its deal's other payments,
-- else by its account's, else by policy.

with

payments as (

    select * from {{ ref('int_finance__payments') }}

),

opportunity_margins as (

    select
        owner_id as opportunity_id,
        margin_rate
    from {{ ref('int_finance__paid_margins') }}
    where owner_type = 'opportunity' and margin_rate is not null

),

account_margins as (

    select
        owner_id as account_id,
        margin_rate
    from {{ ref('int_finance__paid_margins') }}
    where owner_type = 'account' and margin_rate is not null

),

margin_policies as (

    select
        segment,
        margin_rate,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('margin_policies') }}

),

rated_payments as (

    select
        payments.*,
        case
            when payments.cost_of_revenue_usd is not null or payments.kind = 'refund'
                then 'cost_of_revenue'
            when opportunity_margins.margin_rate is not null then 'deal_payments'
            when account_margins.margin_rate is not null then 'account_payments'
            else 'margin_policy'
        end as margin_basis,
        coalesce(
            opportunity_margins.margin_rate,
            account_margins.margin_rate,
            segment_policies.margin_rate,
            general_policies.margin_rate
        ) as margin_rate
    from payments
    {{ margin_joins('payments', 'paid_on') }}

),

signed_payments as (

    select
        payment_id,
        source,
        account_id,
        account_record_id,
        opportunity_id,
        segment,
        kind,
        currency,
        margin_basis,
        has_exchange_rate,
        amount,
        amount_usd,
        cost_of_revenue_usd,
        case
            when margin_basis = 'cost_of_revenue'
                then
                    cast(
                        amount_usd
                        - coalesce(cost_of_revenue_usd, 0) as decimal(28, 6)
                    )
            else cast(amount_usd * margin_rate as decimal(28, 6))
        end as contribution_margin_usd,
        paid_at
    from rated_payments

)

select * from signed_payments
