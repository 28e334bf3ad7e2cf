-- Grain: one row per current closing, metric, attribution model, channel, reason and
-- conversion, or currency of money spent, and step: what the metric gains or loses.

with

closed_metrics as (

    select * from {{ ref('int_finance__closed_metrics') }}

),

conversion_steps as (

    select * from {{ ref('int_finance__conversion_steps') }}

),

credit_steps as (

    select * from {{ ref('int_finance__credit_steps') }}

),

compared_spend as (

    select * from {{ ref('int_finance__compared_spend') }}

),

steps as (

    select * from {{ ref('int_finance__steps') }}
    where step in (1, 4)

),

metric_steps as (

    select
        conversion_steps.closing_id,
        closed_metrics.metric,
        cast(null as string) as attribution_model,
        case
            when closed_metrics.basis = 'unattributed' then 'unattributed'
            else conversion_steps.channel
        end as channel,
        conversion_steps.reason,
        conversion_steps.conversion_type,
        conversion_steps.conversion_id,
        cast(null as string) as currency,
        conversion_steps.step,
        cast(
            conversion_steps.direction * case
                when closed_metrics.measure = 'count' then 1
                else conversion_steps.amount_usd
            end as decimal(28, 10)
        ) as gain
    from conversion_steps
    inner join closed_metrics
        on
            conversion_steps.closing_id = closed_metrics.closing_id
            and conversion_steps.conversion_type = closed_metrics.conversion_type
            and {{ counts_in_basis() }}
    union all
    select
        credit_steps.closing_id,
        closed_metrics.metric,
        credit_steps.attribution_model,
        credit_steps.channel,
        credit_steps.reason,
        credit_steps.conversion_type,
        credit_steps.conversion_id,
        cast(null as string) as currency,
        credit_steps.step,
        cast(
            credit_steps.direction * case
                when closed_metrics.measure = 'count' then credit_steps.weight
                else credit_steps.credit_usd
            end as decimal(28, 10)
        ) as gain
    from credit_steps
    inner join closed_metrics
        on
            credit_steps.closing_id = closed_metrics.closing_id
            and credit_steps.conversion_type = closed_metrics.conversion_type
            and closed_metrics.basis = 'credited'
    union all
    select
        compared_spend.closing_id,
        closed_metrics.metric,
        cast(null as string) as attribution_model,
        compared_spend.channel,
        compared_spend.reason,
        'spend' as conversion_type,
        cast(null as string) as conversion_id,
        compared_spend.currency,
        steps.step,
        cast(
            case
                when steps.is_old then -compared_spend.reported
                else compared_spend.restated
            end as decimal(28, 10)
        ) as gain
    from compared_spend
    cross join steps
    inner join closed_metrics
        on
            compared_spend.closing_id = closed_metrics.closing_id
            and closed_metrics.conversion_type = 'spend'

)

select * from metric_steps
