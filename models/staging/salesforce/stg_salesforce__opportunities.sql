-- Grain: one row per opportunity.
-- A deal closed when it first moved into the closed stage that it is in. A history that
-- begins with the deal closed tells that time only where it begins by the close date.

with

opportunities as (

    select * from {{ source('salesforce', 'opportunity') }}

),

versions as (

    select * from {{ ref('stg_salesforce__opportunity_versions') }}
    where evidence != 'first_version' or cast(changed_at as date) <= close_date

),

first_changes as (

    select
        opportunity_id,
        stage_name,
        min(changed_at) as changed_at
    from versions
    group by opportunity_id, stage_name

),

renamed as (

    select
        {{ source_key('salesforce', 'id') }} as opportunity_id,
        'salesforce' as source,
        trim(id) as record_id,
        {{ source_key('salesforce', 'account_id') }} as account_record_id,
        {{ source_key('salesforce', 'campaign_id') }} as primary_campaign_id,
        {{ source_key('salesforce', 'owner_id') }} as owner_id,
        {{ clean_text('name') }} as opportunity_name,
        {{ clean_text('stage_name') }} as stage_name,
        {{ snake_case('type') }} as opportunity_type,
        {{ clean_text('lead_source') }} as lead_source,
        amount,
        upper({{ clean_text('currency_iso_code') }}) as currency,
        probability / 100 as probability,
        coalesce(is_closed, false) or coalesce(is_won, false) as is_closed,
        coalesce(is_won, false) as is_won,
        coalesce(is_deleted, false) or coalesce(_fivetran_deleted, false) as is_deleted,
        created_date as created_at,
        close_date
    from opportunities

),

closings as (

    select
        renamed.*,
        case
            when renamed.is_closed
                then coalesce(
                    first_changes.changed_at, cast(renamed.close_date as timestamp)
                )
        end as closed_at
    from renamed
    left join first_changes
        on
            renamed.opportunity_id = first_changes.opportunity_id
            and renamed.stage_name = first_changes.stage_name

)

select * from closings
