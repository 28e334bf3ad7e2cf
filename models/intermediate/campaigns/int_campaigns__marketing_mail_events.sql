-- Grain: one row per event that concerns marketing e-mail, by all that landed: an
-- opt-in, an objection or a mail that was sent.
-- A view, not bound to as_of: what reads it cuts there, or does not.

{{ config(materialized='view') }}

with

consent_events as (

    select
        person_record_id,
        email,
        source,
        case when status = 'opt_in' then 'opt_in' else 'objection' end as kind,
        status as signal,
        evidence,
        cast(null as string) as campaign_id,
        occurred_at
    from {{ ref('int_campaigns__consent_events') }}
    where
        channel in ('email', 'all')
        and purpose in ('marketing', 'all')
        and status in ('opt_in', 'opt_out')

),

email_events as (

    select
        person_record_id,
        email,
        source,
        case when event_type = 'sent' then 'sent' else 'objection' end as kind,
        event_type as signal,
        email_event_id as evidence,
        campaign_id,
        occurred_at
    from {{ ref('int_campaigns__email_events') }}
    where event_type in ('sent', 'unsubscribe', 'spam_report')

),

marketing_mail_events as (

    select * from consent_events
    union all
    select * from email_events

)

select * from marketing_mail_events
