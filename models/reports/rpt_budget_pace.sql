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
        bool_or(is_budgeted) as is_budgeted,
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

judged_quarters as (

    -- Against a budget of nothing, any cost is beyond all ratios, and none is on it.
    select
        *,
        case
            when pace_ratio is not null then greatest(pace_ratio, 0)
            when is_budgeted and expected_spend_usd > 0
                then cast('infinity' as double)
            when is_budgeted then 1
        end as judged_ratio
    from paced_quarters

),

budget_pace as (

    select
        judged_quarters.quarter_start,
        judged_quarters.channel,
        judged_quarters.is_budgeted,
        cast(judged_quarters.amounts_without_rate as bigint) as amounts_without_rate,
        cast(judged_quarters.budget_usd as decimal(28, 2)) as budget_usd,
        cast(judged_quarters.direct_spend_usd as decimal(28, 6)) as direct_spend_usd,
        cast(judged_quarters.expected_spend_usd as decimal(28, 6))
            as expected_spend_usd,
        cast(
            judged_quarters.expected_spend_usd
            - judged_quarters.budget_usd as decimal(28, 6)
        ) as over_budget_usd,
        judged_quarters.pace_ratio,
        case
            when judged_quarters.judged_ratio is null then 'unbudgeted'
            -- Spend that is yet to land can only add to it.
            when judged_quarters.is_spend_late and judged_quarters.judged_ratio < 1
                then 'spend_late'
            else pace_statuses.status
        end as status,
        judged_quarters.spend_known_to
    from judged_quarters
    left join pace_statuses
        on
            judged_quarters.judged_ratio >= pace_statuses.least_ratio
            and (
                judged_quarters.judged_ratio < pace_statuses.below_ratio
                or pace_statuses.below_ratio is null
            )

)

select * from budget_pace
