-- Grain: one row per account with a subscription: what it began to pay per month.
-- Subscriptions that start on the account's first day count together.

with

subscriptions as (

    select * from {{ ref('int_finance__subscriptions') }}
    where account_id is not null

),

first_subscriptions as (

    select *
    from subscriptions
    qualify started_on = min(started_on) over (partition by account_id)

),

starting_mrr as (

    -- A part whose currency has no rate would make the whole too little.
    select
        account_id,
        cast(sum(mrr_usd) as decimal(28, 6)) as mrr_usd
    from first_subscriptions
    group by account_id
    having count(*) = count_if(has_exchange_rate)

)

select * from starting_mrr
