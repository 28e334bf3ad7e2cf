-- Grain: one row per golden record and field that it lacks, those with the most open
-- pipeline behind them first.
-- Behind an account stand its open opportunities; behind a person those that name them
-- and those of their account, each once.

with

missing_fields as (

    select * from {{ ref('fct_missing_fields') }}

),

opportunity_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}

),

open_opportunities as (

    select
        opportunity_id,
        account_id,
        amount_usd
    from {{ ref('fct_opportunities') }}
    where not is_closed

),

gap_records as (

    select
        entity,
        record_id,
        account_id
    from missing_fields
    group by
        entity,
        record_id,
        account_id

),

record_opportunities as (

    select
        gap_records.entity,
        gap_records.record_id,
        open_opportunities.opportunity_id,
        open_opportunities.amount_usd
    from gap_records
    inner join open_opportunities
        on gap_records.account_id = open_opportunities.account_id
    union
    select
        gap_records.entity,
        gap_records.record_id,
        open_opportunities.opportunity_id,
        open_opportunities.amount_usd
    from gap_records
    inner join opportunity_people
        on
            gap_records.entity = 'people'
            and gap_records.record_id = opportunity_people.person_id
    inner join open_opportunities
        on opportunity_people.opportunity_id = open_opportunities.opportunity_id

),

record_pipelines as (

    select
        entity,
        record_id,
        count(*) as open_opportunities,
        sum(amount_usd) as open_pipeline_usd
    from record_opportunities
    group by
        entity,
        record_id

),

priced_gaps as (

    select
        missing_fields.*,
        coalesce(record_pipelines.open_opportunities, 0) as open_opportunities,
        cast(coalesce(record_pipelines.open_pipeline_usd, 0) as decimal(28, 2))
            as open_pipeline_usd
    from missing_fields
    left join record_pipelines
        on
            missing_fields.entity = record_pipelines.entity
            and missing_fields.record_id = record_pipelines.record_id

),

enrichment_queue as (

    select
        row_number() over (
            order by
                open_pipeline_usd desc,
                entity asc,
                record_id asc,
                missing_field asc
        ) as rank,
        entity,
        record_id,
        account_id,
        missing_field,
        owner,
        fix,
        open_opportunities,
        open_pipeline_usd
    from priced_gaps

)

select * from enrichment_queue
