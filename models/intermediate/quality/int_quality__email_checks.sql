-- Grain: one row per event of an e-mail that deliverability counts.
-- Delivered less reported as spam; a source without deliveries: sent less bounced less
-- reported as spam. An event adds to the numerator, takes from it, or neither.

{{ config(materialized='view') }}

with

email_events as (

    select * from {{ ref('int_quality__email_events') }}

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

people as (

    select
        person_id,
        owner_id,
        segment
    from {{ ref('int_quality__people') }}

),

email_checks as (

    select
        'email_deliverability_rate' as check_name,
        email_events.email_event_id as record_key,
        coalesce(people.owner_id, 'unknown') as owner_id,
        email_events.source,
        coalesce(people.segment, 'unknown') as segment,
        case
            when email_events.event_type = 'spam_report' then -1
            when
                email_events.has_deliveries and email_events.event_type = 'delivered'
                then 1
            when email_events.has_deliveries then 0
            when email_events.event_type = 'sent' then 1
            else -1
        end as numerator,
        case when email_events.event_type = 'sent' then 1 else 0 end as denominator,
        email_events.occurred_at as happened_at
    from email_events
    left join person_records
        on email_events.person_record_id = person_records.person_record_id
    left join people
        on person_records.person_id = people.person_id

)

select * from email_checks
