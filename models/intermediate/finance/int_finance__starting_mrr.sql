-- Grain: one row per account with a subscription: what it began to pay per month.
-- Subscriptions that start on the account's first day count together.

with

subscriptions as (

    select
        account_record_id,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        mrr,
        started_on
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
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

first_subscriptions as (

    select
        account_records.account_id,
        subscriptions.currency,
        subscriptions.mrr,
        subscriptions.started_on
    from subscriptions
    inner join account_records
        on subscriptions.account_record_id = account_records.account_record_id
    qualify
        subscriptions.started_on
        = min(subscriptions.started_on) over (partition by account_records.account_id)

),

starting_mrr as (

    -- A part whose currency has no rate would make the whole too little.
    select
        first_subscriptions.account_id,
        cast(
            sum(
                cast(
                    first_subscriptions.mrr
                    * exchange_rates.reporting_per_unit as decimal(28, 6)
                )
            ) as decimal(28, 6)
        ) as mrr_usd
    from first_subscriptions
    left join exchange_rates
        on
            first_subscriptions.currency = exchange_rates.currency
            and first_subscriptions.started_on >= exchange_rates.valid_from
            and first_subscriptions.started_on < exchange_rates.valid_to
    group by first_subscriptions.account_id
    having count(*) = count(exchange_rates.reporting_per_unit)

)

select * from starting_mrr
