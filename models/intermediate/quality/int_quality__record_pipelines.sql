-- Grain: one row per golden person or account with open opportunities behind it.

with

record_opportunities as (

    select * from {{ ref('int_quality__record_opportunities') }}

),

record_pipelines as (

    select
        entity,
        record_id,
        count(*) as open_opportunities,
        cast(coalesce(sum(amount_usd), 0) as decimal(28, 2)) as open_pipeline_usd
    from record_opportunities
    group by
        entity,
        record_id

)

select * from record_pipelines
