-- Grain: one row per consent given or withdrawn.
-- Only a withdrawal from everything counts: leaving one subscription is a choice
-- between newsletters.

with

email_events as (

    select * from {{ source('hubspot', 'email_event') }}
    where not coalesce(_fivetran_deleted, false)

),

status_changes as (

    select * from {{ source('hubspot', 'email_event_status_change') }}
    where upper(trim(portal_subscription_status)) in ('SUBSCRIBED', 'UNSUBSCRIBED')

),

opt_out_changes as (

    select * from {{ ref('stg_hubspot__contact_changes') }}
    where property_name = 'hs_email_optout' and lower(property_value) = 'true'

),

address_choices as (

    select
        cast(null as string) as person_record_id,
        {{ normalise_email('email_events.recipient') }} as email,
        case upper(trim(status_changes.portal_subscription_status))
            when 'SUBSCRIBED' then 'opt_in' else 'opt_out'
        end as status,
        lower({{ clean_text('status_changes.source') }}) as evidence,
        email_events.created as occurred_at
    from email_events
    inner join status_changes on email_events.id = status_changes.id

),

record_choices as (

    select
        person_record_id,
        cast(null as string) as email,
        'opt_out' as status,
        property_name as evidence,
        changed_at as occurred_at
    from opt_out_changes

),

choices as (

    select * from address_choices
    union all
    select * from record_choices

),

consent_events as (

    select
        person_record_id,
        'hubspot' as source,
        email,
        'email' as channel,
        'all' as purpose,
        status,
        cast(null as string) as lawful_basis,
        evidence,
        occurred_at
    from choices
    where
        coalesce(person_record_id, email) is not null
        and occurred_at is not null

)

select * from consent_events
