-- Grain: one row per account and month in which its intent became high, by the first
-- time in the month, unless it was a customer by then: whether an MQL answered it.

with

intent_gap_policies as (

    select
        high_intent_points,
        mql_before_days,
        mql_within_days
    from {{ ref('intent_gap_policies') }}
    where {{ in_force() }}

),

score_changes as (

    select
        account_id,
        intent_points,
        lag(intent_points, 1, 0) over (partition by account_id order by scored_at)
            as previous_points,
        scored_at
    from {{ ref('fct_account_score_changes') }}

),

accounts as (

    select
        account_id,
        segment,
        owner_id
    from {{ ref('dim_accounts') }}

),

first_wins as (

    select
        account_id,
        min(closed_at) as first_won_at
    from {{ ref('fct_opportunities') }}
    where is_won
    group by account_id

),

account_mqls as (

    select
        account_id,
        mql_at
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

rises as (

    select
        score_changes.account_id,
        {{ reporting_month('score_changes.scored_at') }} as month,
        min(score_changes.scored_at) as risen_at,
        min_by(score_changes.intent_points, score_changes.scored_at) as intent_points
    from score_changes
    inner join intent_gap_policies
        on
            score_changes.intent_points >= intent_gap_policies.high_intent_points
            and score_changes.previous_points < intent_gap_policies.high_intent_points
    group by
        score_changes.account_id,
        {{ reporting_month('score_changes.scored_at') }}

),

answers as (

    select
        rises.account_id,
        rises.month,
        min(account_mqls.mql_at) as mql_at
    from rises
    cross join intent_gap_policies
    inner join account_mqls
        on
            rises.account_id = account_mqls.account_id
            and rises.risen_at - intent_gap_policies.mql_before_days * interval '1' day
            <= account_mqls.mql_at
            and rises.risen_at + intent_gap_policies.mql_within_days * interval '1' day
            >= account_mqls.mql_at
    group by
        rises.account_id,
        rises.month

),

intent_rises as (

    select
        rises.account_id,
        rises.month,
        accounts.segment,
        accounts.owner_id,
        rises.intent_points,
        answers.mql_at is not null as is_answered,
        rises.risen_at,
        answers.mql_at
    from rises
    inner join accounts on rises.account_id = accounts.account_id
    left join first_wins on rises.account_id = first_wins.account_id
    left join answers
        on
            rises.account_id = answers.account_id
            and rises.month = answers.month
    where coalesce(first_wins.first_won_at > rises.risen_at, true)

)

select * from intent_rises
