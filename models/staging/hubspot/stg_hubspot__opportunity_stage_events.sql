-- Grain: one row per deal, stage and moment at which the deal entered it.
-- The history lands several versions of a row: an entry is told once.

with

stage_changes as (

    select
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id,
        trim(value) as stage_id,
        date_entered as changed_at
    from {{ source('hubspot', 'deal_stage') }}
    where trim(value) != '' and date_entered is not null
    group by
        {{ source_key('hubspot', 'deal_id') }},
        trim(value),
        date_entered

),

deal_stages as (

    select * from {{ ref('stg_hubspot__deal_stages') }}

),

stage_events as (

    select
        stage_changes.opportunity_id,
        'hubspot' as source,
        deal_stages.stage_name,
        cast(null as decimal(28, 6)) as amount,
        cast(null as date) as close_date,
        stage_changes.changed_at
    from stage_changes
    inner join deal_stages
        on
            stage_changes.opportunity_id = deal_stages.opportunity_id
            and stage_changes.stage_id = deal_stages.stage_id

)

select * from stage_events
