-- Grain: one row per month, channel and campaign that won customers, and segment: what
-- these came to pay, lost and kept. Every column adds up over all but months, and the
-- channel unattributed holds what no touch won, so that the sums are those of
-- customers.

with

customer_months as (

    select * from {{ ref('fct_customer_months') }}

),

customer_shares as (

    select * from {{ ref('int_finance__customer_shares') }}

),

judged_months as (

    select
        customer_id,
        segment,
        month,
        case when opening_mrr_usd > 0 then 1 else 0 end as opening_customers,
        case when movement = 'churned' then 1 else 0 end as churned_customers,
        case when mrr_usd > 0 then 1 else 0 end as customers,
        case when year_ago_mrr_usd > 0 then 1 else 0 end as year_ago_customers,
        case when year_ago_mrr_usd > 0 and mrr_usd > 0 then 1 else 0 end
            as kept_customers,
        opening_mrr_usd,
        case when movement = 'new' then mrr_usd else 0 end as new_mrr_usd,
        case when movement = 'returned' then mrr_usd else 0 end as returned_mrr_usd,
        case when movement = 'expanded' then mrr_usd - opening_mrr_usd else 0 end
            as expansion_mrr_usd,
        case when movement = 'contracted' then opening_mrr_usd - mrr_usd else 0 end
            as contraction_mrr_usd,
        case when movement = 'churned' then opening_mrr_usd else 0 end
            as churned_mrr_usd,
        mrr_usd,
        year_ago_mrr_usd,
        case when year_ago_mrr_usd > 0 then mrr_usd else 0 end as kept_mrr_usd,
        least(mrr_usd, year_ago_mrr_usd) as undiminished_mrr_usd,
        monthly_margin_usd
    from customer_months

),

retention_months as (

    select
        judged_months.month,
        customer_shares.channel,
        customer_shares.campaign_id,
        judged_months.segment,
        {{ shared_sums('customer_shares.share', retention_parts()) }}
    from judged_months
    inner join customer_shares
        on judged_months.customer_id = customer_shares.customer_id
    group by
        judged_months.month,
        customer_shares.channel,
        customer_shares.campaign_id,
        judged_months.segment

)

select * from retention_months
