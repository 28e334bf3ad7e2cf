-- Grain: one row per closed month, metric, attribution model and channel: as reported,
-- as restated, and what the difference is mostly due to.

with

closed_figures as (

    select * from {{ ref('fct_closed_figures') }}

),

reasons as (

    select
        closing_id,
        metric,
        attribution_model,
        channel,
        reason,
        sum(difference) as difference
    from {{ ref('fct_restatements') }}
    group by
        closing_id,
        metric,
        attribution_model,
        channel,
        reason

),

main_reasons as (

    select
        closing_id,
        metric,
        attribution_model,
        channel,
        reason
    from reasons
    where difference != 0
    qualify
        row_number() over (
            partition by
                closing_id,
                metric,
                attribution_model,
                channel
            order by abs(difference) desc, reason asc
        ) = 1

),

restatements as (

    select
        closed_figures.month,
        closed_figures.metric,
        closed_figures.attribution_model,
        closed_figures.channel,
        closed_figures.reported,
        closed_figures.restated,
        closed_figures.difference,
        main_reasons.reason as main_reason
    from closed_figures
    left join main_reasons
        on
            closed_figures.closing_id = main_reasons.closing_id
            and closed_figures.metric = main_reasons.metric
            and closed_figures.attribution_model
            is not distinct from main_reasons.attribution_model
            and closed_figures.channel = main_reasons.channel

)

select * from restatements
