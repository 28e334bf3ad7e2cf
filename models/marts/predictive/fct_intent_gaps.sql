-- Grain: one row per segment and month with accounts whose intent became high and that
-- were no customers: whether too few of them brought an MQL.

with

intent_cohorts as (

    select * from {{ ref('int_predictive__intent_cohorts') }}

),

intent_verdicts as (

    select * from {{ ref('int_predictive__intent_verdicts') }}

),

intent_gap_policies as (

    select
        false_discovery_rate,
        worth_stage,
        owner
    from {{ ref('intent_gap_policies') }}
    where {{ in_force() }}

),

stage_values as (

    select * from {{ ref('fct_stage_values') }}

),

expected_cohorts as (

    select
        *,
        case
            when reference_accounts > 0
                then
                    accounts * cast(reference_answered as double) / reference_accounts
        end as expected_answered
    from intent_cohorts

),

intent_gaps as (

    select
        expected_cohorts.segment,
        expected_cohorts.month,
        expected_cohorts.status,
        coalesce(
            intent_verdicts.q_value <= intent_gap_policies.false_discovery_rate, false
        ) as is_gap,
        expected_cohorts.accounts,
        expected_cohorts.answered,
        expected_cohorts.expected_answered,
        cast(expected_cohorts.answered as double) / expected_cohorts.accounts
            as answered_rate,
        expected_cohorts.expected_answered / expected_cohorts.accounts
            as expected_rate,
        intent_verdicts.p_value,
        intent_verdicts.q_value,
        cast(
            case
                when expected_cohorts.status = 'judged'
                    then
                        greatest(
                            expected_cohorts.expected_answered
                            - expected_cohorts.answered, 0
                        ) * cast(coalesce(stage_values.expected_usd, 0) as double)
            end as decimal(28, 2)
        ) as money_at_stake_usd,
        intent_gap_policies.owner
    from expected_cohorts
    cross join intent_gap_policies
    left join intent_verdicts
        on
            expected_cohorts.segment = intent_verdicts.segment
            and expected_cohorts.month = intent_verdicts.month
    left join stage_values
        on
            intent_gap_policies.worth_stage = stage_values.stage
            and expected_cohorts.segment = stage_values.segment

)

select * from intent_gaps
