-- Grain: one row per customer and month at whose end it paid.

{{ config(materialized='view') }}

with

customer_months as (

    select * from {{ ref('fct_customer_months') }}
    where mrr_usd > 0 and account_id is not null

),

paying_months as (

    select
        customer_id,
        account_id,
        segment,
        mrr_usd,
        month
    from customer_months

)

select * from paying_months
