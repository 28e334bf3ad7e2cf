-- Grain: one row per campaign member.
-- A member who had responded by as_of was touched by responding, any other by being
-- added. Either is one row, so which it is must be told before rows are cut by time.

with

campaign_members as (

    select
        *,
        coalesce(has_responded, false)
        and {{ known_by_as_of('first_responded_date') }} as is_response
    from {{ source('salesforce', 'campaign_member') }}
    where
        not coalesce(is_deleted, false)
        and not {{ is_removed() }}

),

renamed as (

    select
        {{ source_key('salesforce', 'id') }} as touchpoint_id,
        'salesforce' as source,
        coalesce(
            {{ source_key('salesforce', 'contact_id') }},
            {{ source_key('salesforce', 'lead_id') }}
        ) as person_record_id,
        cast(null as string) as anonymous_id,
        {{ source_key('salesforce', 'campaign_id') }} as campaign_id,
        case
            when is_response then 'campaign_response' else 'campaign_member'
        end as touch_type,
        cast(null as string) as given_channel,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(null as string) as utm_content,
        cast(null as string) as utm_term,
        cast(null as string) as click_id_type,
        cast(null as string) as referrer_host,
        false as is_internal_referrer,
        cast(null as string) as landing_page,
        cast(null as string) as variant,
        coalesce(
            case when is_response then first_responded_date end, created_date
        ) as touched_at
    from campaign_members

)

select * from renamed
