-- Grain: one row per domain with an intent signal up to as_of.
-- A signal loses half its weight every half-life; the strongest one stands.

with

intent_signals as (

    select
        domain,
        score,
        {{ dbt.datediff('observed_on', reporting_date(as_of()), 'day') }}
            as age_days
    from {{ ref('stg_generic__intent_signals') }}
    where domain is not null and observed_on <= {{ reporting_date(as_of()) }}

),

intent_rules as (

    select half_life_days
    from {{ ref('intent_rules') }}
    where {{ in_force() }}

),

intent_scores as (

    select
        intent_signals.domain,
        round(
            max(
                least(greatest(intent_signals.score, 0), 100)
                * pow(0.5, intent_signals.age_days / intent_rules.half_life_days)
            ), 6
        ) as intent_score
    from intent_signals
    cross join intent_rules
    group by intent_signals.domain

)

select * from intent_scores
