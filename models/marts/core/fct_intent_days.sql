-- Grain: one row per domain and day with an intent signal: the strongest of the day.
-- What was known on a day can be read off it, which dim_accounts tells of as_of alone.

with

intent_signals as (

    select
        domain,
        observed_on,
        least(greatest(score, 0), 100) as intent_score
    from {{ ref('stg_generic__intent_signals') }}
    where
        domain is not null
        and observed_on <= {{ reporting_date(as_of()) }}

),

accounts as (

    select
        account_id,
        domain
    from {{ ref('dim_accounts') }}

),

strongest_signals as (

    select
        domain,
        observed_on,
        max(intent_score) as intent_score
    from intent_signals
    group by
        domain,
        observed_on

),

intent_days as (

    select
        strongest_signals.domain,
        accounts.account_id,
        strongest_signals.observed_on,
        cast(strongest_signals.intent_score as double) as intent_score
    from strongest_signals
    left join accounts
        on strongest_signals.domain = accounts.domain

)

select * from intent_days
