-- Grain: one row per channel with a budget, a cost or a cost to come in the fiscal
-- quarter of as_of: where its spend will end against its budget.

with

budget_months as (

    select
        *,
        {{ fiscal_quarter_start('month') }} as quarter_start
    from {{ ref('fct_budget_months') }}

),

pace_statuses as (

    select * from {{ ref('dim_pace_statuses') }}

),

channel_quarters as (

    select
        channel,
        quarter_start,
        sum(budgets_without_rate + late_days_without_rate) as amounts_without_rate,
        bool_or(is_spend_late) as is_spend_late,
        max(spend_known_to) as spend_known_to,
        sum(budget_usd) as budget_usd,
        sum(direct_spend_usd) as direct_spend_usd,
        sum(direct_spend_usd) + sum(outlook_usd) as expected_spend_usd
    from budget_months
    where quarter_start = {{ fiscal_quarter_start(reporting_date(as_of())) }}
    group by
        channel,
        quarter_start

),

paced_quarters as (

    select
        *,
        cast(expected_spend_usd as double) / nullif(cast(budget_usd as double), 0)
            as pace_ratio
    from channel_quarters

),

budget_pace as (

    select
        paced_quarters.quarter_start,
        paced_quarters.channel,
        cast(paced_quarters.amounts_without_rate as bigint) as amounts_without_rate,
        cast(paced_quarters.budget_usd as decimal(28, 2)) as budget_usd,
        cast(paced_quarters.direct_spend_usd as decimal(28, 6)) as direct_spend_usd,
        cast(paced_quarters.expected_spend_usd as decimal(28, 6))
            as expected_spend_usd,
        cast(
            paced_quarters.expected_spend_usd
            - paced_quarters.budget_usd as decimal(28, 6)
        ) as over_budget_usd,
        paced_quarters.pace_ratio,
        case
            when paced_quarters.pace_ratio is null then 'unbudgeted'
            -- Spend that is yet to land can only add to it.
            when paced_quarters.is_spend_late and paced_quarters.pace_ratio < 1
                then 'spend_late'
            else pace_statuses.status
        end as status,
        paced_quarters.spend_known_to
    from paced_quarters
    left join pace_statuses
        on
            greatest(paced_quarters.pace_ratio, 0) >= pace_statuses.least_ratio
            and greatest(paced_quarters.pace_ratio, 0)
            < coalesce(pace_statuses.below_ratio, cast('infinity' as double))
            and paced_quarters.pace_ratio is not null

)

select * from budget_pace
