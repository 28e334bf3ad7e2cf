-- Grain: one row per opportunity, stage and moment at which a change was saved.

with

versions as (

    select * from {{ ref('stg_salesforce__opportunity_versions') }}

),

stage_events as (

    select
        opportunity_id,
        source,
        stage_name,
        amount,
        close_date,
        changed_at
    from versions

)

select * from stage_events
