-- Grain: one row per call, e-mail, meeting or task that took place.
-- What is planned, cancelled or failed did not happen.

with

engagements as (

    select * from {{ source('hubspot', 'engagement') }}

),

calls as (

    select
        engagement_id,
        'call' as activity_type,
        property_hs_call_direction as direction,
        property_hubspot_owner_id as owner_id,
        coalesce(property_hs_timestamp, property_hs_createdate) as occurred_at
    from {{ source('hubspot', 'engagement_call') }}
    where
        not coalesce(_fivetran_deleted, false)
        and coalesce(upper(trim(property_hs_call_status)), 'COMPLETED')
        not in ('CANCELED', 'FAILED')

),

emails as (

    select
        engagement_id,
        'email' as activity_type,
        property_hs_email_direction as direction,
        property_hubspot_owner_id as owner_id,
        coalesce(property_hs_timestamp, property_hs_createdate) as occurred_at
    from {{ source('hubspot', 'engagement_email') }}
    where
        not coalesce(_fivetran_deleted, false)
        and coalesce(upper(trim(property_hs_email_status)), 'SENT')
        not in ('FAILED', 'SCHEDULED', 'SENDING')

),

meetings as (

    select
        engagement_id,
        'meeting' as activity_type,
        'OUTBOUND' as direction,
        property_hubspot_owner_id as owner_id,
        coalesce(
            property_hs_meeting_start_time,
            start_time,
            property_hs_timestamp,
            property_hs_createdate
        ) as occurred_at
    from {{ source('hubspot', 'engagement_meeting') }}
    where
        not coalesce(_fivetran_deleted, false)
        and coalesce(
            upper(trim(property_hs_meeting_outcome)), upper(trim(meeting_outcome)), ''
        ) not in ('CANCELED', 'RESCHEDULED', 'NO_SHOW')

),

tasks as (

    select
        engagement_id,
        'task' as activity_type,
        'OUTBOUND' as direction,
        property_hubspot_owner_id as owner_id,
        coalesce(
            property_hs_task_completion_date,
            property_hs_timestamp,
            property_hs_createdate
        ) as occurred_at
    from {{ source('hubspot', 'engagement_task') }}
    where
        not coalesce(_fivetran_deleted, false)
        and coalesce(upper(trim(property_hs_task_status)), 'COMPLETED') = 'COMPLETED'

),

happened as (

    select * from calls
    union all
    select * from emails
    union all
    select * from meetings
    union all
    select * from tasks

),

renamed as (

    select
        {{ source_key('hubspot', 'happened.engagement_id') }} as engagement_key,
        {{ source_key('hubspot', 'coalesce(happened.owner_id, engagements.owner_id)') }}
            as user_id,
        happened.activity_type,
        case
            when upper(trim(happened.direction)) in ('INBOUND', 'INCOMING_EMAIL')
                then 'inbound'
            else 'outbound'
        end as direction,
        coalesce(happened.occurred_at, engagements.timestamp) as occurred_at
    from happened
    left join engagements on happened.engagement_id = engagements.id

)

select * from renamed
