-- Grain: one row per fiscal quarter and cell: whether marketing sourced and influenced,
-- and whether the declared source and the first touch agree.
-- Cells share no opportunity, so every column adds up over cells and quarters.

with

opportunities as (

    select
        {{ fiscal_quarter_start(reporting_date('created_at')) }} as created_quarter,
        {{ fiscal_quarter_start(reporting_date('closed_at')) }} as closed_quarter,
        is_marketing_sourced,
        is_marketing_influenced,
        source_agreement,
        is_won,
        has_exchange_rate,
        amount_usd
    from {{ ref('fct_opportunities') }}

),

counted_opportunities as (

    select
        created_quarter as quarter_start,
        is_marketing_sourced,
        is_marketing_influenced,
        source_agreement,
        1 as opportunities,
        0 as won_opportunities,
        case when has_exchange_rate then 0 else 1 end as opportunities_without_rate,
        amount_usd as pipeline_usd,
        0 as revenue_usd
    from opportunities
    union all
    select
        closed_quarter as quarter_start,
        is_marketing_sourced,
        is_marketing_influenced,
        source_agreement,
        0 as opportunities,
        1 as won_opportunities,
        0 as opportunities_without_rate,
        0 as pipeline_usd,
        amount_usd as revenue_usd
    from opportunities
    where is_won

),

source_overlap as (

    select
        quarter_start,
        is_marketing_sourced,
        is_marketing_influenced,
        source_agreement,
        coalesce(
            quarter_start = {{ fiscal_quarter_start(reporting_date(as_of())) }}, false
        ) as is_current,
        cast(sum(opportunities) as bigint) as opportunities,
        cast(sum(won_opportunities) as bigint) as won_opportunities,
        cast(sum(opportunities_without_rate) as bigint) as opportunities_without_rate,
        cast(coalesce(sum(pipeline_usd), 0) as decimal(28, 2)) as pipeline_usd,
        cast(coalesce(sum(revenue_usd), 0) as decimal(28, 2)) as revenue_usd
    from counted_opportunities
    group by
        quarter_start,
        is_marketing_sourced,
        is_marketing_influenced,
        source_agreement

)

select * from source_overlap
