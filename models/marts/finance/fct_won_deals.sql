-- Grain: one row per won deal: its revenue, what is left of it, and, of a deal that won
-- a new customer, what that customer leaves per month.

with

won_deals as (

    select * from {{ ref('int_finance__won_deals') }}

),

starting_mrr as (

    select * from {{ ref('int_finance__starting_mrr') }}

),

payments as (

    select
        account_id,
        {{ reporting_date('paid_at') }} as paid_on,
        contribution_margin_usd
    from {{ ref('fct_payments') }}
    where account_id is not null

),

first_years as (

    -- A year that is not over yet would tell too little.
    select
        won_deals.opportunity_id,
        cast(sum(payments.contribution_margin_usd) as decimal(28, 6))
            as contribution_margin_usd
    from won_deals
    inner join payments
        on
            won_deals.account_id = payments.account_id
            and won_deals.won_on <= payments.paid_on
            and payments.paid_on < won_deals.won_on + interval '1' year
    where
        won_deals.is_new_customer
        and won_deals.won_on + interval '1' year <= {{ reporting_date(as_of()) }}
    group by won_deals.opportunity_id

),

deals as (

    select
        won_deals.opportunity_id,
        won_deals.account_id,
        won_deals.opportunity_type,
        won_deals.segment,
        won_deals.margin_basis,
        won_deals.is_new_customer,
        won_deals.amount_usd,
        won_deals.margin_rate,
        cast(won_deals.amount_usd * won_deals.margin_rate as decimal(28, 6))
            as contribution_margin_usd,
        cast(
            case
                when not won_deals.is_new_customer then null
                when starting_mrr.mrr_usd is not null
                    then starting_mrr.mrr_usd * won_deals.margin_rate
                else cast(first_years.contribution_margin_usd as double) / 12
            end as decimal(28, 6)
        ) as monthly_margin_usd,
        won_deals.closed_at
    from won_deals
    left join starting_mrr
        on won_deals.account_id = starting_mrr.account_id
    left join first_years
        on won_deals.opportunity_id = first_years.opportunity_id

)

select * from deals
