-- Cost types that the seed cost_types does not list: their costs count as fixed.

{{ config(severity='warn') }}

with

spend_days as (

    select
        cost_type,
        sum(spend_usd) as spend_usd
    from {{ ref('fct_ad_spend_days') }}
    group by cost_type

),

cost_types as (

    select cost_type
    from {{ ref('cost_types') }}

)

select
    spend_days.cost_type,
    spend_days.spend_usd
from spend_days
left join cost_types on spend_days.cost_type = cost_types.cost_type
where cost_types.cost_type is null
