-- Grain: one row per event of an e-mail and recipient.
-- An event that a later one replaced does not count, nor does what HubSpot filters out
-- of its reports (machines, colleagues); a withdrawal always counts. An e-mail that two
-- events sent was sent once. A dropped e-mail never left.

with

events as (

    select
        *,
        replace(upper(trim(type)), '_', '') as hubspot_type
    from {{ source('hubspot', 'email_event') }}
    where not coalesce(_fivetran_deleted, false)

),

bounces as (

    select * from {{ source('hubspot', 'email_event_bounce') }}

),

bounce_types as (

    select
        category,
        bounce_type
    from {{ ref('bounce_categories') }}
    where source = 'hubspot'

),

withdrawals as (

    select id
    from {{ source('hubspot', 'email_event_status_change') }}
    where upper(trim(portal_subscription_status)) = 'UNSUBSCRIBED'

),

contact_addresses as (

    select * from {{ ref('stg_hubspot__contact_addresses') }}

),

typed_events as (

    select
        events.*,
        case
            when events.hubspot_type = 'SPAMREPORT' then 'spam_report'
            when withdrawals.id is not null then 'unsubscribe'
            else lower(events.hubspot_type)
        end as event_type
    from events
    left join withdrawals on events.id = withdrawals.id
    where
        events.hubspot_type in (
            'SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK', 'SPAMREPORT'
        )
        or withdrawals.id is not null

),

standing_events as (

    select typed_events.*
    from typed_events
    left join events as replacements
        on typed_events.obsoleted_by_id = replacements.id
    where
        (replacements.id is null or replacements.id = typed_events.id)
        and (
            typed_events.event_type = 'unsubscribe'
            or not coalesce(typed_events.filtered_event, false)
        )
    qualify
        typed_events.event_type != 'sent'
        or row_number() over (
            partition by
                typed_events.event_type,
                coalesce(typed_events.sent_by_id, typed_events.id)
            order by typed_events.created, typed_events.id
        ) = 1

),

-- An address has many events, and is brought into its spelling once.
recipients as (

    select
        recipient,
        {{ normalise_email('recipient') }} as email
    from standing_events
    group by recipient

),

renamed as (

    select
        {{ source_key('hubspot', 'standing_events.id') }} as email_event_id,
        'hubspot' as source,
        contact_addresses.person_record_id,
        recipients.email,
        {{ source_key('hubspot', 'standing_events.email_campaign_id') }} as campaign_id,
        standing_events.event_type,
        case
            when standing_events.event_type = 'bounce'
                then coalesce(bounce_types.bounce_type, 'soft')
        end as bounce_type,
        cast(null as string) as variant,
        standing_events.created as occurred_at
    from standing_events
    left join recipients on standing_events.recipient = recipients.recipient
    left join contact_addresses on recipients.email = contact_addresses.email
    left join bounces on standing_events.id = bounces.id
    left join bounce_types on lower(trim(bounces.category)) = bounce_types.category
    where standing_events.created is not null

)

select * from renamed
