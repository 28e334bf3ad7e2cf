-- Grain: one row per subscription that has begun, in the reporting currency at the rate
-- of its first day, so that a moving rate neither wins nor loses a customer anything.
-- One that began before any rate was kept converts at the first.

with

subscriptions as (

    select
        *,
        coalesce(currency, '{{ var("reporting_currency") }}') as charged_currency
    from {{ ref('stg_generic__subscriptions') }}
    where started_on <= {{ reporting_date(as_of()) }}

),

account_records as (

    select
        account_record_id,
        account_id
    from {{ ref('bridge_account_records') }}

),

exchange_rates as (

    select
        currency,
        case
            when valid_from > min(valid_from) over (partition by currency)
                then valid_from
            else cast('0001-01-01' as date)
        end as valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

converted_subscriptions as (

    select
        subscriptions.subscription_id,
        account_records.account_id,
        subscriptions.account_record_id,
        subscriptions.plan_name,
        subscriptions.charged_currency as currency,
        exchange_rates.reporting_per_unit is not null as has_exchange_rate,
        subscriptions.mrr,
        {{ converted(
            'subscriptions.mrr', 'exchange_rates.reporting_per_unit', 28, 6
        ) }} as mrr_usd,
        subscriptions.started_on,
        subscriptions.ended_on
    from subscriptions
    left join account_records
        on subscriptions.account_record_id = account_records.account_record_id
    left join exchange_rates
        on
            subscriptions.charged_currency = exchange_rates.currency
            and subscriptions.started_on >= exchange_rates.valid_from
            and subscriptions.started_on < exchange_rates.valid_to

)

select * from converted_subscriptions
