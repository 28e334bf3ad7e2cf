-- Grain: one row per tool and month up to as_of with a contract in force.

with

contract_days as (

    select
        tool_id,
        contract_date,
        currency,
        sum(seats) as seats,
        sum(cost) as cost
    from {{ ref('int_finance__tool_contract_days') }}
    group by
        tool_id,
        contract_date,
        currency

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

currency_days as (

    -- Rates are looked up once per currency and day, not once per contract.
    select
        currency,
        contract_date
    from contract_days
    group by
        currency,
        contract_date

),

day_rates as (

    select
        currency_days.currency,
        currency_days.contract_date,
        exchange_rates.reporting_per_unit
    from currency_days
    inner join exchange_rates
        on
            currency_days.currency = exchange_rates.currency
            and currency_days.contract_date >= exchange_rates.valid_from
            and currency_days.contract_date < exchange_rates.valid_to

),

cost_days as (

    select
        contract_days.tool_id,
        contract_days.contract_date,
        sum(contract_days.seats) as seats,
        bool_or(day_rates.reporting_per_unit is null) as lacks_rate,
        sum(
            {{ converted(
                'contract_days.cost', 'day_rates.reporting_per_unit', 28, 6
            ) }}
        ) as cost_usd
    from contract_days
    left join day_rates
        on
            contract_days.currency = day_rates.currency
            and contract_days.contract_date = day_rates.contract_date
    group by
        contract_days.tool_id,
        contract_days.contract_date

),

tool_cost_months as (

    select
        tool_id,
        cast(date_trunc('month', contract_date) as date) as month,
        count(*) as contract_days,
        count(*) filter (where lacks_rate) as contract_days_without_rate,
        cast(max_by(seats, contract_date) as bigint) as seats,
        cast(coalesce(sum(cost_usd), 0) as decimal(28, 6)) as cost_usd
    from cost_days
    group by
        tool_id,
        date_trunc('month', contract_date)

)

select * from tool_cost_months
