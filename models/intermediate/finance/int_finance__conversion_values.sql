-- Grain: one row per conversion, with what the marts of its kind say of it.

with

lead_funnel as (

    select
        funnel_cycle_id,
        person_id,
        account_id,
        segment,
        channel
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

opportunity_outcomes as (

    select
        opportunity_id,
        currency,
        amount
    from {{ ref('fct_opportunity_outcomes') }}

),

conversion_types as (

    select
        'opportunity' as conversion_type,
        false as is_win
    union all
    select
        'won' as conversion_type,
        true as is_win

),

conversion_values as (

    select
        'mql' as conversion_type,
        funnel_cycle_id as conversion_id,
        person_id,
        account_id,
        segment,
        channel,
        cast(null as string) as currency,
        cast(null as boolean) as is_marketing_sourced,
        cast(null as boolean) as is_marketing_influenced,
        cast(null as boolean) as has_exchange_rate,
        cast(null as decimal(28, 6)) as amount,
        cast(null as decimal(18, 2)) as amount_usd
    from lead_funnel
    union all
    select
        conversion_types.conversion_type,
        opportunities.opportunity_id as conversion_id,
        opportunities.primary_person_id as person_id,
        opportunities.account_id,
        opportunities.segment,
        coalesce(opportunities.sourced_channel, 'unknown') as channel,
        opportunity_outcomes.currency,
        opportunities.is_marketing_sourced,
        opportunities.is_marketing_influenced,
        opportunities.has_exchange_rate,
        opportunity_outcomes.amount,
        opportunities.amount_usd
    from opportunities
    inner join conversion_types
        on opportunities.is_won or not conversion_types.is_win
    inner join opportunity_outcomes
        on opportunities.opportunity_id = opportunity_outcomes.opportunity_id

)

select * from conversion_values
