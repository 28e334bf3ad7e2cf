-- Grain: one row per golden record and field that it lacks: a required field of a
-- person, or size, industry or revenue of an account.
-- A person without one is complete, and an account without one enriched.

with

record_gaps as (

    select * from {{ ref('int_quality__record_gaps') }}

),

record_pipelines as (

    select * from {{ ref('int_quality__record_pipelines') }}

),

missing_fields as (

    select
        record_gaps.entity,
        record_gaps.record_id,
        record_gaps.account_id,
        record_gaps.missing_field,
        record_gaps.owner,
        record_gaps.fix,
        coalesce(record_pipelines.open_opportunities, 0) as open_opportunities,
        cast(coalesce(record_pipelines.open_pipeline_usd, 0) as decimal(28, 2))
            as open_pipeline_usd
    from record_gaps
    left join record_pipelines
        on
            record_gaps.entity = record_pipelines.entity
            and record_gaps.record_id = record_pipelines.record_id

)

select * from missing_fields
