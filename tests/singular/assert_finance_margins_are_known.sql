-- Deals and payments whose margin neither payments nor a policy in force tell: they add
-- revenue but no margin.

{{ config(severity='warn') }}

select
    'deal' as entity,
    opportunity_id as record_key
from {{ ref('fct_won_deals') }}
where margin_rate is null
union all
select
    'payment' as entity,
    payment_id as record_key
from {{ ref('fct_payments') }}
where contribution_margin_usd is null and has_exchange_rate
