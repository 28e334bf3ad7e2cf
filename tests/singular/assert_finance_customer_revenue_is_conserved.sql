-- Every month's customers and their revenue stand once, whatever won them, and a policy
-- says what they are worth.

{{ config(group='finance') }}

with

customer_months as (

    select
        month,
        sum(mrr_usd) as mrr_usd,
        count_if(mrr_usd > 0) as customers
    from {{ ref('fct_customer_months') }}
    group by month

),

retention_months as (

    select
        month,
        sum(mrr_usd) as mrr_usd,
        sum(customers) as customers
    from {{ ref('fct_retention_months') }}
    group by month

),

policies as (

    select count(*) as policies
    from {{ ref('customer_value_policies') }}
    where {{ in_force() }}

),

differences as (

    select
        coalesce(customer_months.month, retention_months.month) as month,
        coalesce(customer_months.mrr_usd, 0) - coalesce(retention_months.mrr_usd, 0)
            as missing_usd,
        coalesce(customer_months.customers, 0)
        - coalesce(retention_months.customers, 0) as missing_customers
    from customer_months
    full join retention_months
        on customer_months.month = retention_months.month

)

select
    month,
    missing_usd,
    missing_customers,
    'not shared out' as fault
from differences
where abs(missing_usd) >= 0.01 or abs(missing_customers) >= 1e-6
union all
select
    null as month,
    null as missing_usd,
    null as missing_customers,
    'no policy, or several' as fault
from policies
where policies != 1
