-- Grain: one row per deal.
-- A deal closed when its last stay in the closed stage that it is in began. A history
-- that begins with the deal closed tells that only where it begins by the close date.

with

deals as (

    select
        *,
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id,
        trim(deal_pipeline_stage_id) as stage_id
    from {{ source('hubspot', 'deal') }}

),

deal_stages as (

    select * from {{ ref('stg_hubspot__deal_stages') }}

),

last_stays as (

    {{ last_stays(ref('stg_hubspot__opportunity_stage_events')) }}

),

deal_companies as (

    select * from {{ ref('stg_hubspot__deal_companies') }}

),

merged_deals as (

    select trim(merged_deal_id) as deal_id
    from {{ source('hubspot', 'merged_deal') }}
    group by trim(merged_deal_id)

),

staged_deals as (

    select
        deals.*,
        deal_stages.stage_name,
        coalesce(deal_stages.probability, deals.property_hs_deal_stage_probability)
            as stage_probability,
        case
            when deal_stages.is_known then deal_stages.is_won
            else coalesce(deals.property_hs_is_closed_won, deal_stages.is_won, false)
        end as is_won,
        case
            when deal_stages.is_known then deal_stages.is_closed
            else
                coalesce(deals.property_hs_is_closed, deal_stages.is_closed, false)
                or coalesce(deals.property_hs_is_closed_won, deal_stages.is_won, false)
        end as is_closed
    from deals
    left join deal_stages
        on
            deals.opportunity_id = deal_stages.opportunity_id
            and deals.stage_id = deal_stages.stage_id

),

renamed as (

    select
        staged_deals.opportunity_id,
        'hubspot' as source,
        trim(staged_deals.deal_id) as record_id,
        deal_companies.account_record_id,
        cast(null as string) as primary_campaign_id,
        {{ source_key(
            'hubspot',
            'coalesce(staged_deals.owner_id, staged_deals.property_hubspot_owner_id)'
        ) }} as owner_id,
        {{ clean_text('staged_deals.property_dealname') }} as opportunity_name,
        staged_deals.stage_name,
        {{ snake_case('staged_deals.property_dealtype') }} as opportunity_type,
        {{ clean_text('staged_deals.property_hs_analytics_source') }} as lead_source,
        staged_deals.property_amount as amount,
        upper({{ clean_text('staged_deals.property_deal_currency_code') }}) as currency,
        staged_deals.stage_probability as probability,
        staged_deals.is_closed,
        staged_deals.is_won,
        merged_deals.deal_id is not null
        or coalesce(staged_deals.is_deleted, false)
        or coalesce(staged_deals._fivetran_deleted, false) as is_deleted,
        staged_deals.property_createdate as created_at,
        cast(staged_deals.property_closedate as date) as close_date,
        case
            when staged_deals.is_closed
                then coalesce(
                    case
                        when
                            last_stays.moment_number > 1
                            or staged_deals.property_closedate is null
                            or cast(last_stays.changed_at as date)
                            <= cast(staged_deals.property_closedate as date)
                            then last_stays.changed_at
                    end,
                    staged_deals.property_closedate
                )
        end as closed_at
    from staged_deals
    left join last_stays
        on
            staged_deals.opportunity_id = last_stays.opportunity_id
            and staged_deals.stage_name = last_stays.stage_name
    left join deal_companies
        on staged_deals.opportunity_id = deal_companies.opportunity_id
    left join merged_deals
        on trim(staged_deals.deal_id) = merged_deals.deal_id

)

select * from renamed
