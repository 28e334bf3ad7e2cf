-- Grain: one row per fiscal quarter, segment and measure with a value, and total: what
-- was created and won, as it is reported now.

with

deals as (

    select * from {{ ref('int_predictive__deals') }}

),

measured_deals as (

    select
        segment,
        'pipeline_created' as measure,
        amount_usd,
        {{ fiscal_quarter_start('created_date') }} as quarter_start
    from deals
    union all
    select
        segment,
        'revenue_won' as measure,
        amount_usd,
        {{ fiscal_quarter_start('closed_date') }} as quarter_start
    from deals
    where is_won

),

segments_and_total as (

    select * from measured_deals
    union all
    select
        'total' as segment,
        measure,
        amount_usd,
        quarter_start
    from measured_deals

),

quarter_outcomes as (

    select
        quarter_start,
        segment,
        measure,
        cast(coalesce(sum(amount_usd), 0) as decimal(18, 2)) as outcome_usd
    from segments_and_total
    group by
        quarter_start,
        segment,
        measure

)

select * from quarter_outcomes
