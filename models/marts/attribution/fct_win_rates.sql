-- Grain: one row per build: the share of what closed that was won, by value, in the
-- year up to as_of, else ever. Where nothing has closed, all that is open is won.

with

closed_opportunities as (

    select
        case when is_won then amount_usd else 0 end as won_usd,
        amount_usd,
        closed_at > {{ dbt.dateadd('month', -12, as_of()) }} as is_recent
    from {{ ref('fct_opportunities') }}
    where is_closed

),

win_rates as (

    select
        coalesce(
            cast(sum(case when is_recent then won_usd end) as double)
            / nullif(cast(sum(case when is_recent then amount_usd end) as double), 0),
            cast(sum(won_usd) as double) / nullif(cast(sum(amount_usd) as double), 0),
            1
        ) as win_rate
    from closed_opportunities

)

select * from win_rates
