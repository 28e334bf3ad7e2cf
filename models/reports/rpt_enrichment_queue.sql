-- Grain: one row per golden record and field that it lacks, those with the most open
-- pipeline behind them first.

with

missing_fields as (

    select * from {{ ref('fct_missing_fields') }}

),

enrichment_queue as (

    select
        cast(row_number() over (
            order by
                open_pipeline_usd desc,
                entity asc,
                record_id asc,
                missing_field asc
        ) as bigint) as rank,
        entity,
        record_id,
        account_id,
        missing_field,
        owner,
        fix,
        open_opportunities,
        open_pipeline_usd
    from missing_fields

)

select * from enrichment_queue
