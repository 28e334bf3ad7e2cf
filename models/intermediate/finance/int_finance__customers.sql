-- Grain: one row per account with a subscription that has begun: the deal that won it
-- and the margin of what it pays, after what was given back.
-- An account that no record has may pay as well; it is a customer by its record's key.

with

subscribers as (

    select
        coalesce(account_id, account_record_id) as customer_id,
        max(account_id) as account_id,
        min(started_on) as first_started_on
    from {{ ref('int_finance__subscriptions') }}
    group by coalesce(account_id, account_record_id)

),

accounts as (

    select
        account_id,
        segment
    from {{ ref('dim_accounts') }}

),

winning_deals as (

    select
        account_id,
        opportunity_id
    from {{ ref('fct_won_deals') }}
    where is_new_customer

),

paid_margins as (

    select
        owner_type,
        owner_id,
        margin_rate,
        cast(refunded_usd as double) / nullif(cast(paid_usd as double), 0)
            as refund_rate
    from {{ ref('int_finance__paid_margins') }}

),

opportunity_margins as (

    select
        owner_id as opportunity_id,
        margin_rate,
        refund_rate
    from paid_margins
    where owner_type = 'opportunity'

),

account_margins as (

    select
        owner_id as account_id,
        margin_rate,
        refund_rate
    from paid_margins
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

known_subscribers as (

    select
        subscribers.customer_id,
        subscribers.account_id,
        winning_deals.opportunity_id,
        coalesce(accounts.segment, 'unknown') as segment,
        subscribers.first_started_on,
        {{ reporting_date(as_of()) }} as judged_on
    from subscribers
    left join accounts
        on subscribers.account_id = accounts.account_id
    left join winning_deals
        on subscribers.account_id = winning_deals.account_id

),

customers as (

    -- All that an account pays tells more of it than the deal that it began with.
    select
        known_subscribers.customer_id,
        known_subscribers.account_id,
        known_subscribers.opportunity_id,
        known_subscribers.segment,
        round(
            coalesce(
                account_margins.margin_rate,
                opportunity_margins.margin_rate,
                segment_policies.margin_rate,
                general_policies.margin_rate
            )
            + coalesce(
                account_margins.refund_rate, opportunity_margins.refund_rate, 0
            ),
            10
        ) as margin_rate,
        known_subscribers.first_started_on
    from known_subscribers
    {{ margin_joins('known_subscribers', 'judged_on') }}

)

select * from customers
