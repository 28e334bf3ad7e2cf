-- Grain: one row per event of a campaign's e-mail up to as_of, with its test, its
-- variant and whom it happened to.

{{ config(materialized='view') }}

with

email_events as (

    select * from {{ ref('int_campaigns__email_events') }}
    where
        campaign_id is not null
        and {{ known_by_as_of('occurred_at') }}

),

ab_emails as (

    select * from {{ ref('stg_hubspot__ab_emails') }}

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('int_campaigns__person_records') }}

),

variant_mails as (

    select
        email_events.email_event_id,
        coalesce(ab_emails.test_campaign_id, email_events.campaign_id) as test_id,
        coalesce(
            person_records.person_id, email_events.email, email_events.person_record_id
        ) as subject_id,
        email_events.event_type,
        coalesce(email_events.variant, ab_emails.variant) as variant,
        email_events.occurred_at
    from email_events
    left join ab_emails
        on email_events.campaign_id = ab_emails.campaign_id
    left join person_records
        on email_events.person_record_id = person_records.person_record_id

)

select * from variant_mails
