-- Grain: one row per account and month in which its intent became high, of a cohort
-- with a gap, that no MQL answered: whom to call.

with

intent_gaps as (

    select
        segment,
        month
    from {{ ref('fct_intent_gaps') }}
    where is_gap

),

intent_rises as (

    select * from {{ ref('int_predictive__intent_rises') }}
    where not is_answered

),

intent_gap_accounts as (

    select
        intent_rises.account_id,
        intent_rises.month,
        intent_rises.segment,
        intent_rises.owner_id,
        intent_rises.intent_points,
        intent_rises.risen_at
    from intent_rises
    inner join intent_gaps
        on
            intent_rises.segment = intent_gaps.segment
            and intent_rises.month = intent_gaps.month

)

select * from intent_gap_accounts
