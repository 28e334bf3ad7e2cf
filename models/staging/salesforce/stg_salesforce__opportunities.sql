-- Grain: one row per opportunity.
-- A deal closed when its last stay in the closed stage that it is in began. A history
-- that begins with the deal closed tells that time only where it begins by the close
-- date, which is a day of the reporting time zone.

with

opportunities as (

    select * from {{ source('salesforce', 'opportunity') }}

),

last_stays as (

    {{ last_stays(ref('stg_salesforce__opportunity_versions')) }}

),

stage_entries as (

    select
        opportunity_id,
        stage_name,
        changed_at as entered_at
    from last_stays
    where
        evidence != 'first_version'
        or {{ reporting_date('changed_at') }} <= close_date

),

renamed as (

    select
        {{ source_key('salesforce', 'opportunities.id') }} as opportunity_id,
        'salesforce' as source,
        trim(opportunities.id) as record_id,
        {{ source_key('salesforce', 'opportunities.account_id') }} as account_record_id,
        {{ source_key('salesforce', 'opportunities.campaign_id') }}
            as primary_campaign_id,
        {{ source_key('salesforce', 'opportunities.owner_id') }} as owner_id,
        {{ clean_text('opportunities.name') }} as opportunity_name,
        {{ clean_text('opportunities.stage_name') }} as stage_name,
        coalesce(
            {{ snake_case('opportunities.type') }},
            lower({{ clean_text('opportunities.type') }})
        ) as opportunity_type,
        {{ clean_text('opportunities.lead_source') }} as lead_source,
        opportunities.amount,
        upper({{ clean_text('opportunities.currency_iso_code') }}) as currency,
        opportunities.probability / 100 as probability,
        coalesce(opportunities.is_closed, false)
        or coalesce(opportunities.is_won, false) as is_closed,
        coalesce(opportunities.is_won, false) as is_won,
        coalesce(opportunities.is_deleted, false)
        or {{ is_removed('opportunities') }} as is_deleted,
        opportunities.created_date as created_at,
        opportunities.close_date,
        case
            when opportunities.is_closed or opportunities.is_won
                then coalesce(
                    stage_entries.entered_at,
                    {{ reporting_midnight('opportunities.close_date') }}
                )
        end as closed_at
    from opportunities
    left join stage_entries
        on
            {{ source_key('salesforce', 'opportunities.id') }}
            = stage_entries.opportunity_id
            and trim(opportunities.stage_name) = stage_entries.stage_name

)

select * from renamed
