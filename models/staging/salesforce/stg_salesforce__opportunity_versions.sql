-- Grain: one row per opportunity, stage and moment at which a change was saved.
-- Two shapes meet: Salesforce's OpportunityHistory has a row per change; Fivetran's
-- history mode repeats the opportunity under its own id. A history mode begins with
-- the state at the first sync, which tells a state and no change.

with

opportunity_history as (

    select * from {{ source('salesforce', 'opportunity_history') }}
    where not coalesce(_fivetran_deleted, false)

),

stage_changes as (

    select * from {{ source('salesforce', 'opportunity_field_history') }}
    where
        lower(trim(field)) = 'stagename'
        and not coalesce(_fivetran_deleted, false)

),

history_versions as (

    select
        coalesce(opportunity_id, id) as record_id,
        id as version_id,
        stage_name,
        amount,
        close_date,
        case
            when opportunity_id is not null then 'history'
            when row_number() over (
                partition by opportunity_id, id order by _fivetran_start
            ) = 1 then 'first_version'
            else 'history'
        end as evidence,
        case
            when opportunity_id is null then _fivetran_start else created_date
        end as changed_at
    from opportunity_history

),

versions as (

    select
        record_id,
        version_id,
        stage_name,
        amount,
        close_date,
        evidence,
        changed_at
    from history_versions
    union all
    select
        opportunity_id as record_id,
        id as version_id,
        new_value as stage_name,
        cast(null as decimal(28, 6)) as amount,
        cast(null as date) as close_date,
        'field_history' as evidence,
        created_date as changed_at
    from stage_changes

),

renamed as (

    select
        {{ source_key('salesforce', 'record_id') }} as opportunity_id,
        'salesforce' as source,
        {{ clean_text('stage_name') }} as stage_name,
        amount,
        close_date,
        evidence,
        changed_at
    from versions
    where
        {{ clean_text('stage_name') }} is not null
        and {{ clean_text('record_id') }} is not null
        and changed_at is not null
    -- Both histories save a change of stage; the one that knows the amount is kept.
    qualify row_number() over (
        partition by trim(record_id), trim(stage_name), changed_at
        order by
            case when evidence = 'field_history' then 1 else 0 end asc,
            version_id desc,
            close_date desc,
            amount desc
    ) = 1

)

select * from renamed
