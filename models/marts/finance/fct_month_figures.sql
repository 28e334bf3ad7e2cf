-- Grain: one row per month, metric, attribution model and channel that has a figure.

with

closed_metrics as (

    select * from {{ ref('closed_metrics') }}

),

pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

model_months as (

    select * from {{ ref('int_finance__model_months') }}

),

pipeline_figures as (

    select
        pipeline_months.month,
        closed_metrics.metric,
        cast(null as string) as attribution_model,
        pipeline_months.channel,
        case
            when closed_metrics.conversion_type = 'spend' then pipeline_months.spend_usd
            when closed_metrics.basis = 'all' and closed_metrics.measure = 'count'
                then pipeline_months.opportunities
            when closed_metrics.basis = 'all' then pipeline_months.pipeline_usd
            when closed_metrics.basis = 'sourced' and closed_metrics.measure = 'count'
                then pipeline_months.sourced_opportunities
            when closed_metrics.basis = 'sourced'
                then pipeline_months.sourced_pipeline_usd
            when closed_metrics.measure = 'count'
                then pipeline_months.influenced_opportunities
            else pipeline_months.influenced_pipeline_usd
        end as figure
    from pipeline_months
    inner join closed_metrics
        on
            closed_metrics.conversion_type in ('opportunity', 'spend')
            and closed_metrics.basis in ('all', 'sourced', 'influenced')

),

conversion_figures as (

    select
        conversions.month,
        closed_metrics.metric,
        cast(null as string) as attribution_model,
        case
            when closed_metrics.basis = 'unattributed' then 'unattributed'
            else conversions.channel
        end as channel,
        case
            when closed_metrics.measure = 'count' then 1
            else coalesce(conversions.amount_usd, 0)
        end as figure
    from conversions
    inner join closed_metrics
        on
            conversions.conversion_type = closed_metrics.conversion_type
            and {{ counts_in_basis() }}
    where
        closed_metrics.conversion_type != 'opportunity'
        or closed_metrics.basis = 'unattributed'

),

credit_figures as (

    select
        model_months.month,
        closed_metrics.metric,
        model_months.attribution_model,
        model_months.channel,
        case
            when closed_metrics.measure = 'count' then model_months.weight
            else model_months.credit_usd
        end as figure
    from model_months
    inner join closed_metrics
        on
            model_months.conversion_type = closed_metrics.conversion_type
            and closed_metrics.basis = 'credited'

),

all_figures as (

    select * from pipeline_figures
    union all
    select * from conversion_figures
    union all
    select * from credit_figures

),

month_figures as (

    select
        month,
        metric,
        attribution_model,
        channel,
        cast(sum(figure) as decimal(38, 10)) as figure
    from all_figures
    where month is not null
    group by
        month,
        metric,
        attribution_model,
        channel
    having sum(figure) != 0

)

select * from month_figures
