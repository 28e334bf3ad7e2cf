-- Grain: one row per segment and month with accounts whose intent became high: how many
-- of them an MQL answered, and how many of those that the cohort is held against, the
-- other cohorts of the months up to it that have had their time.

with

intent_rises as (

    select
        segment,
        month,
        count(*) as accounts,
        count(*) filter (where is_answered) as answered
    from {{ ref('int_predictive__intent_rises') }}
    group by
        segment,
        month

),

intent_gap_policies as (

    select
        *,
        cast(
            date_trunc(
                'month',
                {{ reporting_date(as_of()) }} - mql_within_days * interval '1' day
            ) - interval '1' month as date
        ) as last_mature_month
    from {{ ref('intent_gap_policies') }}
    where {{ in_force() }}

),

bounded_cohorts as (

    select
        intent_rises.*,
        intent_gap_policies.least_accounts,
        intent_gap_policies.last_mature_month,
        intent_rises.month <= intent_gap_policies.last_mature_month as is_mature,
        intent_rises.month
        > intent_gap_policies.last_mature_month
        - intent_gap_policies.judged_months * interval '1' month as is_in_window,
        cast(
            intent_rises.month
            - intent_gap_policies.reference_months * interval '1' month as date
        ) as after_month
    from intent_rises
    cross join intent_gap_policies

),

references_of_cohorts as (

    select
        bounded_cohorts.segment,
        bounded_cohorts.month,
        sum(others.accounts) as accounts,
        sum(others.answered) as answered
    from bounded_cohorts
    inner join intent_rises as others
        on
            bounded_cohorts.after_month < others.month
            and bounded_cohorts.month >= others.month
            and (
                bounded_cohorts.segment != others.segment
                or bounded_cohorts.month != others.month
            )
    group by
        bounded_cohorts.segment,
        bounded_cohorts.month

),

intent_cohorts as (

    select
        bounded_cohorts.segment,
        bounded_cohorts.month,
        case
            when not bounded_cohorts.is_mature then 'immature'
            when bounded_cohorts.accounts < bounded_cohorts.least_accounts
                then 'too few accounts'
            when
                coalesce(references_of_cohorts.accounts, 0)
                < bounded_cohorts.least_accounts
                then 'too few others'
            else 'judged'
        end as status,
        cast(bounded_cohorts.accounts as bigint) as accounts,
        cast(bounded_cohorts.answered as bigint) as answered,
        cast(coalesce(references_of_cohorts.accounts, 0) as bigint)
            as reference_accounts,
        cast(coalesce(references_of_cohorts.answered, 0) as bigint)
            as reference_answered
    from bounded_cohorts
    left join references_of_cohorts
        on
            bounded_cohorts.segment = references_of_cohorts.segment
            and bounded_cohorts.month = references_of_cohorts.month
    where bounded_cohorts.is_in_window

)

select * from intent_cohorts
