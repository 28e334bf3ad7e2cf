-- Grain: one row per event of an e-mail and recipient.
-- A send that Marketo skipped never left. Unsubscribing is an event of the e-mail that
-- the link was in.

with

activities as (

    select
        id,
        lead_id,
        campaign_id,
        'sent' as event_type,
        cast(null as string) as category,
        cast(null as string) as email,
        cast(null as integer) as test_variant,
        activity_date
    from {{ source('marketo', 'activity_send_email') }}
    where coalesce(lower(trim(action_result)), 'succeeded') = 'succeeded'
    union all
    select
        id,
        lead_id,
        campaign_id,
        'delivered' as event_type,
        cast(null as string) as category,
        cast(null as string) as email,
        test_variant,
        activity_date
    from {{ source('marketo', 'activity_email_delivered') }}
    union all
    select
        id,
        lead_id,
        campaign_id,
        'bounce' as event_type,
        category,
        email,
        test_variant,
        activity_date
    from {{ source('marketo', 'activity_email_bounced') }}
    union all
    select
        id,
        lead_id,
        campaign_id,
        'open' as event_type,
        cast(null as string) as category,
        cast(null as string) as email,
        test_variant,
        activity_date
    from {{ source('marketo', 'activity_open_email') }}
    union all
    select
        id,
        lead_id,
        campaign_id,
        'click' as event_type,
        cast(null as string) as category,
        cast(null as string) as email,
        test_variant,
        activity_date
    from {{ source('marketo', 'activity_click_email') }}
    union all
    select
        id,
        lead_id,
        campaign_id,
        'unsubscribe' as event_type,
        cast(null as string) as category,
        cast(null as string) as email,
        test_variant,
        activity_date
    from {{ source('marketo', 'activity_unsubscribe_email') }}

),

campaigns as (

    select * from {{ source('marketo', 'campaign') }}

),

bounce_types as (

    select
        category,
        bounce_type
    from {{ ref('bounce_categories') }}
    where source = 'marketo'

),

renamed as (

    select
        {{ source_key('marketo', 'activities.id') }} as email_event_id,
        'marketo' as source,
        {{ source_key('marketo', 'activities.lead_id') }} as person_record_id,
        {{ normalise_email('activities.email') }} as email,
        {{ source_key('marketo', 'campaigns.program_id') }} as campaign_id,
        activities.event_type,
        case
            when activities.event_type = 'bounce'
                then coalesce(bounce_types.bounce_type, 'soft')
        end as bounce_type,
        cast(nullif(activities.test_variant, 0) as string) as variant,
        activities.activity_date as occurred_at
    from activities
    left join campaigns on trim(activities.campaign_id) = trim(campaigns.id)
    left join bounce_types on trim(activities.category) = bounce_types.category
    where activities.activity_date is not null

)

select * from renamed
