-- Grain: one row per problem and deal or cost that has it: money that nobody can place.

with

opportunities as (

    select *
    from {{ ref('fct_opportunities') }}
    where not is_closed

),

average_deals as (

    select
        cast(
            cast(sum(amount_usd) as double) / nullif(count(amount_usd), 0)
            as decimal(18, 2)
        ) as amount_usd
    from {{ ref('fct_opportunities') }}

),

opportunity_people as (

    select distinct opportunity_id
    from {{ ref('bridge_opportunity_people') }}

),

spend_days as (

    select *
    from {{ ref('fct_ad_spend_days') }}
    where cost_type = 'media' and (campaign_id is null or channel = 'unknown')

),

unattributed_conversions as (

    select *
    from {{ ref('fct_unattributed_conversions') }}
    where conversion_type = 'won'

),

win_rates as (

    select * from {{ ref('fct_win_rates') }}

),

deal_problems as (

    select
        'overdue_close_dates' as problem,
        opportunity_id,
        amount_usd,
        created_at
    from opportunities
    where close_date < {{ reporting_date(as_of()) }}
    union all
    select
        'deals_without_account' as problem,
        opportunity_id,
        amount_usd,
        created_at
    from opportunities
    where account_id is null
    union all
    select
        'deals_without_exchange_rate' as problem,
        opportunities.opportunity_id,
        -- Without a rate a deal has no value of its own.
        average_deals.amount_usd,
        opportunities.created_at
    from opportunities
    cross join average_deals
    where not opportunities.has_exchange_rate
    union all
    select
        'deals_without_people' as problem,
        opportunities.opportunity_id,
        opportunities.amount_usd,
        opportunities.created_at
    from opportunities
    left join opportunity_people
        on opportunities.opportunity_id = opportunity_people.opportunity_id
    where
        opportunity_people.opportunity_id is null
        and opportunities.primary_person_id is null

),

money_problems as (

    select
        deal_problems.problem,
        'opportunities' as entity,
        deal_problems.opportunity_id as record_id,
        'opportunity' as value_type,
        cast(
            deal_problems.amount_usd * win_rates.win_rate as decimal(28, 6)
        ) as value_usd,
        deal_problems.created_at as happened_at
    from deal_problems
    cross join win_rates
    union all
    select
        'untracked_spend' as problem,
        'spend_days' as entity,
        spend_day_id as record_id,
        'cost' as value_type,
        spend_usd as value_usd,
        cast(spend_date as timestamp) as happened_at
    from spend_days
    union all
    select
        'unattributed_revenue' as problem,
        'opportunities' as entity,
        conversion_id as record_id,
        'revenue' as value_type,
        cast(amount_usd as decimal(28, 6)) as value_usd,
        converted_at as happened_at
    from unattributed_conversions

)

select * from money_problems
