-- Grain: one row per conversion: an MQL cycle, an opportunity created, a deal won.
-- Its touches lie in the lookback, which the var lets begin after the conversion of the
-- same type before it, by the same person or account.

{{ config(materialized='view') }}

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
        cast(null as timestamp) as opportunity_created_at,
        cast(null as timestamp) as closed_at,
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
        created_at as opportunity_created_at,
        cast(null as timestamp) as closed_at,
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
        created_at as opportunity_created_at,
        closed_at,
        closed_at as converted_at
    from opportunities
    where is_won

),

owned_conversions as (

    select
        *,
        case
            when conversion_type = 'mql' then person_id
            else coalesce(account_id, person_id, conversion_id)
        end as converted_by
    from conversions

),

dated_conversions as (

    select
        {{ conversion_key('conversion_type', 'conversion_id') }} as conversion_key,
        conversion_type,
        conversion_id,
        person_id,
        account_id,
        segment,
        amount_usd,
        opportunity_created_at,
        closed_at,
        converted_at,
        {{ dbt.dateadd(
            'day', -(var('attribution_lookback_days') | int), 'converted_at'
        ) }} as window_start,
        {{ previous_conversion() }} as previous_converted_at
    from owned_conversions

)

select * from dated_conversions
