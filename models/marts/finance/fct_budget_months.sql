-- Grain: one row per month and channel with a budget, a cost or a cost to come: what
-- was planned, what was charged up to as_of, and what is expected beyond that.

with

budgets as (

    select
        coalesce(channel, 'unknown') as channel,
        amount,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        budget_month as month
    from {{ ref('stg_generic__budgets') }}

),

exchange_rates as (

    select * from {{ ref('dim_exchange_rates') }}

),

spend_months as (

    select * from {{ ref('fct_spend_months') }}

),

outlook_months as (

    select * from {{ ref('int_finance__outlook_months') }}

),

spend_ages as (

    select * from {{ ref('int_finance__spend_ages') }}

),

channel_ages as (

    select * from {{ ref('int_finance__channel_ages') }}

),

parts as (

    -- A budget converts at the rate of its month's first day, the latest known before.
    select
        budgets.month,
        budgets.channel,
        1 as budgets,
        case when exchange_rates.currency is null then 1 else 0 end
            as budgets_without_rate,
        coalesce(
            {{ converted(
                'budgets.amount', 'exchange_rates.reporting_per_unit', 28, 2
            ) }}, 0
        ) as budget_usd,
        0 as direct_spend_usd,
        0 as outlook_usd,
        0 as late_days_without_rate
    from budgets
    left join exchange_rates
        on
            budgets.currency = exchange_rates.currency
            and budgets.month >= exchange_rates.valid_from
            and budgets.month < exchange_rates.valid_to
    union all
    select
        month,
        channel,
        0 as budgets,
        0 as budgets_without_rate,
        0 as budget_usd,
        direct_spend_usd,
        0 as outlook_usd,
        0 as late_days_without_rate
    from spend_months
    union all
    select
        month,
        channel,
        0 as budgets,
        0 as budgets_without_rate,
        0 as budget_usd,
        0 as direct_spend_usd,
        outlook_usd,
        late_days_without_rate
    from outlook_months

),

part_sums as (

    select
        month,
        channel,
        -- What is budgeted in a currency without a rate is not known to be nothing.
        sum(budgets) > 0 and (sum(budget_usd) != 0 or sum(budgets_without_rate) = 0)
            as is_budgeted,
        cast(sum(budgets_without_rate) as bigint) as budgets_without_rate,
        cast(sum(budget_usd) as decimal(28, 2)) as budget_usd,
        cast(sum(direct_spend_usd) as decimal(28, 6)) as direct_spend_usd,
        cast(sum(outlook_usd) as decimal(28, 6)) as outlook_usd,
        cast(sum(late_days_without_rate) as bigint) as late_days_without_rate
    from parts
    group by all

),

budget_months as (

    select
        part_sums.*,
        spend_ages.is_spend_late or coalesce(channel_ages.is_spend_late, false)
            as is_spend_late,
        coalesce(channel_ages.spend_known_to, spend_ages.spend_known_to)
            as spend_known_to
    from part_sums
    cross join spend_ages
    left join channel_ages
        on part_sums.channel = channel_ages.channel

)

select * from budget_months
