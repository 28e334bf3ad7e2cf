-- Grain: one row per conversion: an MQL cycle, an opportunity created, a deal won.
-- Its touches lie in the lookback, which the var lets begin after the conversion of the
-- same type before it, by the same person or account.

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

),

dated_conversions as (

    select
        *,
        {{ dbt.dateadd(
            'day', -(var('attribution_lookback_days') | int), 'converted_at'
        ) }} as window_start,
        -- Conversions of one second share the touches since the one before them.
        case when {{ var('attribution_since_previous_conversion') }} then
            max(converted_at) over (
                partition by
                    conversion_type,
                    case
                        when conversion_type = 'mql' or account_id is null
                            then person_id
                    end,
                    case when conversion_type != 'mql' then account_id end,
                    case
                        when
                            person_id is null
                            and (conversion_type = 'mql' or account_id is null)
                            then conversion_id
                    end
                order by converted_at asc
                range between
                    unbounded preceding and interval '1 second' preceding
            )
        end as previous_converted_at
    from conversions

)

select * from dated_conversions
