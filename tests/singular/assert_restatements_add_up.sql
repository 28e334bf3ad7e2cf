-- Of every figure of a closed month the reasons add up to what it is now less what was
-- reported, to the last digit, though figures come from months and reasons from
-- conversions.

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
        sum(difference) as difference
    from {{ ref('fct_restatements') }}
    group by
        closing_id,
        metric,
        attribution_model,
        channel

),

reconciled as (

    select
        coalesce(closed_figures.closing_id, reasons.closing_id) as closing_id,
        coalesce(closed_figures.metric, reasons.metric) as metric,
        coalesce(closed_figures.attribution_model, reasons.attribution_model)
            as attribution_model,
        coalesce(closed_figures.channel, reasons.channel) as channel,
        coalesce(closed_figures.difference, 0) as difference,
        coalesce(reasons.difference, 0) as explained
    from closed_figures
    full outer join reasons
        on
            closed_figures.closing_id = reasons.closing_id
            and closed_figures.metric = reasons.metric
            and closed_figures.attribution_model
            is not distinct from reasons.attribution_model
            and closed_figures.channel = reasons.channel

)

select * from reconciled
where difference != explained
