-- Grain: one row per current closing, channel and currency of money spent in its month,
-- by then or now, with the reason if it is another. What channels bear of shared costs
-- stands under a currency of its own.

with

closed_months as (

    select
        closing_id,
        month
    from {{ ref('fct_closed_months') }}
    where is_current

),

closed_spend as (

    select * from {{ ref('stg_meta__closed_spend') }}

),

spend_days as (

    select
        cast(date_trunc('month', spend_date) as date) as month,
        channel,
        currency,
        spend_amount,
        spend_usd
    from {{ ref('fct_ad_spend_days') }}
    union all
    select
        month,
        channel,
        '(shared)' as currency,
        allocated_spend_usd as spend_amount,
        allocated_spend_usd as spend_usd
    from {{ ref('fct_spend_months') }}
    where allocated_spend_usd != 0

),

both_sides as (

    select
        closed_months.closing_id,
        closed_spend.channel,
        closed_spend.currency,
        closed_spend.spend_amount as old_amount,
        closed_spend.spend_usd as old_usd,
        cast(0 as decimal(38, 6)) as new_amount,
        cast(0 as decimal(38, 6)) as new_usd
    from closed_months
    inner join closed_spend
        on closed_months.closing_id = closed_spend.closing_id
    union all
    select
        closed_months.closing_id,
        spend_days.channel,
        spend_days.currency,
        cast(0 as decimal(38, 6)) as old_amount,
        cast(0 as decimal(38, 6)) as old_usd,
        spend_days.spend_amount as new_amount,
        coalesce(spend_days.spend_usd, 0) as new_usd
    from closed_months
    inner join spend_days
        on closed_months.month = spend_days.month

),

compared_spend as (

    select
        closing_id,
        channel,
        currency,
        sum(old_amount) as old_amount,
        sum(new_amount) as new_amount,
        -- What the row without a channel gives away is what the others bear.
        sum(
            case
                when currency = '(shared)' and channel = 'unknown' then 0
                else sum(new_amount - old_amount)
            end
        ) over (partition by closing_id, currency) as all_channels_change,
        sum(old_usd) as reported,
        sum(new_usd) as restated
    from both_sides
    group by
        closing_id,
        channel,
        currency

),

spend_reasons as (

    select
        closing_id,
        channel,
        currency,
        case
            when old_amount = new_amount then 'rate_change'
            when all_channels_change = 0 then 'channel_change'
            else 'amount_change'
        end as reason,
        reported,
        restated
    from compared_spend

)

select * from spend_reasons
