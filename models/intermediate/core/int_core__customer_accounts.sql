-- Grain: one row per golden account that has bought, with its first purchase.

with

won_opportunities as (

    select
        account_record_id,
        closed_at
    from {{ ref('int_core__opportunities') }}
    where is_won and not is_deleted and closed_at is not null

),

account_clusters as (

    select
        account_record_id,
        account_id
    from {{ ref('int_core__account_clusters') }}

),

customer_accounts as (

    select
        account_clusters.account_id,
        min(won_opportunities.closed_at) as became_customer_at
    from won_opportunities
    inner join account_clusters
        on won_opportunities.account_record_id = account_clusters.account_record_id
    group by account_clusters.account_id

)

select * from customer_accounts
