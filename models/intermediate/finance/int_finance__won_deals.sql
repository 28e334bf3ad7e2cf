-- Grain: one row per won deal: its margin and whether it won a new customer.

with

won_opportunities as (

    select
        *,
        {{ reporting_date('closed_at') }} as won_on,
        {{ reporting_date('coalesce(closed_at, ' ~ as_of() ~ ')') }} as judged_on,
        sum(coalesce(amount_usd, 0)) over (partition by account_id) as account_usd
    from {{ ref('fct_opportunity_outcomes') }}
    where is_won

),

opportunity_margins as (

    select
        owner_id as opportunity_id,
        margin_rate,
        paid_usd,
        refunded_usd
    from {{ ref('int_finance__paid_margins') }}
    where owner_type = 'opportunity'

),

account_margins as (

    select
        owner_id as account_id,
        margin_rate,
        paid_usd,
        refunded_of_no_deal_usd
    from {{ ref('int_finance__paid_margins') }}
    where owner_type = 'account'

),

margin_policies as (

    select
        segment,
        margin_rate,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('margin_policies') }}

),

won_deals as (

    select
        won_opportunities.opportunity_id,
        won_opportunities.account_id,
        won_opportunities.opportunity_type,
        won_opportunities.segment,
        case
            when opportunity_margins.margin_rate is not null then 'deal_payments'
            when account_margins.margin_rate is not null then 'account_payments'
            else 'margin_policy'
        end as margin_basis,
        won_opportunities.account_id is not null
        and coalesce(won_opportunities.opportunity_type, 'new') = 'new'
        and row_number() over (
            partition by won_opportunities.account_id
            order by
                won_opportunities.closed_at asc nulls last,
                won_opportunities.opportunity_id asc
        ) = 1 as is_new_customer,
        won_opportunities.amount_usd,
        round(
            coalesce(
                opportunity_margins.margin_rate,
                account_margins.margin_rate,
                segment_policies.margin_rate,
                general_policies.margin_rate
            )
            -- What was given back of the deal, and what was of none of its account's.
            -- Of a deal that is not paid in full yet it is a share of the whole deal.
            + coalesce(
                cast(opportunity_margins.refunded_usd as double) / nullif(
                    cast(greatest(
                        opportunity_margins.paid_usd,
                        coalesce(won_opportunities.amount_usd, 0)
                    ) as double), 0
                ),
                0
            )
            + coalesce(
                cast(account_margins.refunded_of_no_deal_usd as double) / nullif(
                    greatest(
                        cast(account_margins.paid_usd as double),
                        cast(won_opportunities.account_usd as double)
                    ), 0
                ),
                0
            ),
            10
        ) as margin_rate,
        won_opportunities.won_on,
        won_opportunities.closed_at
    from won_opportunities
    {{ margin_joins('won_opportunities', 'judged_on') }}

)

select * from won_deals
