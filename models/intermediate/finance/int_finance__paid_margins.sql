-- Grain: one row per opportunity, and per account, that paid something or was given
-- something back: what is left of its payments after the cost of revenue, and the sums.

with

payments as (

    select * from {{ ref('int_finance__payments') }}
    where has_exchange_rate

),

won_opportunities as (

    select opportunity_id
    from {{ ref('fct_opportunity_outcomes') }}
    where is_won

),

owners as (

    select
        'opportunity' as owner_type,
        opportunity_id as owner_id,
        false as is_of_no_deal,
        kind,
        amount_usd,
        cost_of_revenue_usd
    from payments
    where opportunity_id is not null
    union all
    select
        'account' as owner_type,
        payments.account_id as owner_id,
        won_opportunities.opportunity_id is null as is_of_no_deal,
        payments.kind,
        payments.amount_usd,
        payments.cost_of_revenue_usd
    from payments
    left join won_opportunities
        on payments.opportunity_id = won_opportunities.opportunity_id
    where payments.account_id is not null

),

owner_sums as (

    select
        owner_type,
        owner_id,
        coalesce(sum(amount_usd) filter (where kind != 'refund'), 0) as paid_usd,
        sum(amount_usd)
        filter (where kind != 'refund' and cost_of_revenue_usd is not null)
            as costed_usd,
        sum(cost_of_revenue_usd) filter (where kind != 'refund') as cost_usd,
        coalesce(
            sum(amount_usd - coalesce(cost_of_revenue_usd, 0))
            filter (where kind = 'refund'), 0
        ) as refunded_usd,
        coalesce(
            sum(amount_usd - coalesce(cost_of_revenue_usd, 0))
            filter (where kind = 'refund' and is_of_no_deal), 0
        ) as refunded_of_no_deal_usd
    from owners
    group by
        owner_type,
        owner_id

),

paid_margins as (

    select
        owner_type,
        owner_id,
        case
            when costed_usd > 0
                then 1 - cast(cost_usd as double) / cast(costed_usd as double)
        end as margin_rate,
        paid_usd,
        refunded_usd,
        refunded_of_no_deal_usd
    from owner_sums

)

select * from paid_margins
