-- Grain: one row per conversion: an MQL cycle, an opportunity created, a deal won.

with

funnel as (

    select
        funnel_cycle_id,
        person_id,
        account_id,
        segment,
        mql_at
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

opportunities as (

    select
        opportunity_id,
        primary_person_id,
        account_id,
        segment,
        amount_usd,
        is_won,
        created_at,
        closed_at
    from {{ ref('fct_opportunity_outcomes') }}

),

conversions as (

    select
        'mql' as conversion_type,
        funnel_cycle_id as conversion_id,
        person_id,
        account_id,
        segment,
        cast(null as decimal(18, 2)) as amount_usd,
        mql_at as converted_at
    from funnel
    union all
    select
        'opportunity' as conversion_type,
        opportunity_id as conversion_id,
        primary_person_id as person_id,
        account_id,
        segment,
        amount_usd,
        created_at as converted_at
    from opportunities
    union all
    select
        'won' as conversion_type,
        opportunity_id as conversion_id,
        primary_person_id as person_id,
        account_id,
        segment,
        amount_usd,
        closed_at as converted_at
    from opportunities
    where is_won

)

select * from conversions
