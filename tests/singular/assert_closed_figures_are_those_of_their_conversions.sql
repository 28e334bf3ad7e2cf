-- What a closing kept of each conversion adds up to the figures that it kept, as far as
-- they count conversions or their value.

{{ config(group='finance') }}

with

closed_metrics as (

    select * from {{ ref('int_finance__closed_metrics') }}

),

closed_conversions as (

    select * from {{ ref('stg_meta__closed_conversions') }}
    where is_in_month

),

closed_figures as (

    select * from {{ ref('stg_meta__closed_figures') }}

),

from_conversions as (

    select
        closed_conversions.closing_id,
        closed_metrics.metric,
        sum(
            case
                when closed_metrics.measure = 'count' then 1
                else coalesce(closed_conversions.amount_usd, 0)
            end
        ) as reported
    from closed_conversions
    inner join closed_metrics
        on
            closed_conversions.closing_id = closed_metrics.closing_id
            and closed_conversions.conversion_type = closed_metrics.conversion_type
            and {{ counts_in_basis() }}
    group by
        closed_conversions.closing_id,
        closed_metrics.metric

),

from_figures as (

    select
        closed_figures.closing_id,
        closed_figures.metric,
        sum(closed_figures.reported) as reported
    from closed_figures
    inner join closed_metrics
        on
            closed_figures.closing_id = closed_metrics.closing_id
            and closed_figures.metric = closed_metrics.metric
    where
        closed_metrics.conversion_type != 'spend'
        and closed_metrics.basis != 'credited'
    group by
        closed_figures.closing_id,
        closed_figures.metric

),

reconciled as (

    select
        coalesce(from_conversions.closing_id, from_figures.closing_id) as closing_id,
        coalesce(from_conversions.metric, from_figures.metric) as metric,
        coalesce(from_conversions.reported, 0) as conversions_reported,
        coalesce(from_figures.reported, 0) as figures_reported
    from from_conversions
    full outer join from_figures
        on
            from_conversions.closing_id = from_figures.closing_id
            and from_conversions.metric = from_figures.metric

)

select * from reconciled
where conversions_reported != figures_reported
