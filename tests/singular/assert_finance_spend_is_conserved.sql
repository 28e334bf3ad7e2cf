-- What channels are said to have spent is what was spent, month by month and to the
-- millionth, and so is the count of costs without an exchange rate.

with

spend_days as (

    select
        cast(date_trunc('month', spend_date) as date) as month,
        coalesce(sum(spend_usd), 0) as spend_usd,
        count_if(not has_exchange_rate) as spend_days_without_rate
    from {{ ref('fct_ad_spend_days') }}
    group by cast(date_trunc('month', spend_date) as date)

),

spend_months as (

    select
        month,
        sum(spend_usd) as spend_usd,
        sum(direct_spend_usd) as direct_spend_usd,
        sum(spend_days_without_rate) as spend_days_without_rate
    from {{ ref('fct_spend_months') }}
    group by month

)

select
    coalesce(spend_days.month, spend_months.month) as month,
    spend_days.spend_usd as charged_usd,
    spend_months.spend_usd
from spend_days
full outer join spend_months
    on spend_days.month = spend_months.month
where
    spend_days.spend_usd is distinct from spend_months.spend_usd
    or spend_days.spend_usd is distinct from spend_months.direct_spend_usd
    or spend_days.spend_days_without_rate
    is distinct from spend_months.spend_days_without_rate
