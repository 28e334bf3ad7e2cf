-- Grain: one row per closed month, metric, attribution model, channel and conversion,
-- or currency of money spent, that is not as reported, and reason.
-- An amount that changed counts at the reported weights and channels, all else at the
-- new amount, so that the reasons of a line add up to its difference.

with

closed_months as (

    select
        closing_id,
        month
    from {{ ref('fct_closed_months') }}
    where is_current

),

metric_steps as (

    select * from {{ ref('int_finance__metric_steps') }}

),

reasons as (

    select
        closing_id,
        metric,
        attribution_model,
        channel,
        conversion_type,
        conversion_id,
        currency,
        reason,
        sum(gain) as difference,
        sum(-sum(gain) filter (where step = 1)) over (
            partition by
                closing_id,
                metric,
                attribution_model,
                channel,
                conversion_id,
                currency
        ) as reported,
        sum(sum(gain) filter (where step = 4)) over (
            partition by
                closing_id,
                metric,
                attribution_model,
                channel,
                conversion_id,
                currency
        ) as restated
    from metric_steps
    group by
        closing_id,
        metric,
        attribution_model,
        channel,
        conversion_type,
        conversion_id,
        currency,
        reason

),

restatements as (

    select
        reasons.closing_id,
        closed_months.month,
        reasons.metric,
        reasons.attribution_model,
        reasons.channel,
        reasons.conversion_type,
        reasons.conversion_id,
        reasons.currency,
        reasons.reason,
        cast(coalesce(reasons.reported, 0) as decimal(38, 10)) as reported,
        cast(coalesce(reasons.restated, 0) as decimal(38, 10)) as restated,
        cast(reasons.difference as decimal(38, 10)) as difference
    from reasons
    inner join closed_months
        on reasons.closing_id = closed_months.closing_id
    where reasons.difference != 0

)

select * from restatements
