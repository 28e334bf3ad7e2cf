-- Grain: one row per customer, channel and campaign that the default attribution model
-- credits with having won it: shares sum to 1. A customer whose deal nothing earned, or
-- that paid before any deal was recorded, stands under the channel unattributed.

with

customers as (

    select
        customer_id,
        opportunity_id
    from {{ ref('int_finance__customers') }}

),

credits as (

    select
        conversion_id as opportunity_id,
        channel,
        campaign_id,
        share
    from {{ ref('int_finance__credits') }}
    where conversion_type = 'won'

),

customer_shares as (

    select
        customers.customer_id,
        coalesce(credits.channel, 'unattributed') as channel,
        credits.campaign_id,
        sum(coalesce(credits.share, {{ exact_share('1') }})) as share
    from customers
    left join credits
        on customers.opportunity_id = credits.opportunity_id
    group by
        customers.customer_id,
        coalesce(credits.channel, 'unattributed'),
        credits.campaign_id

)

select * from customer_shares
