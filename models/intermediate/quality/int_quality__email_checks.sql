-- Grain: one row per check and event of an e-mail that it looks at.
-- Delivered less reported as spam; a source without deliveries: sent less bounced less
-- reported as spam. An event adds to the numerator, takes from it, or neither. What was
-- sent before its source told of deliveries is neither good nor bad, and is counted.

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

owned_events as (

    select
        email_events.*,
        coalesce(people.owner_id, 'unknown') as owner_id,
        coalesce(people.segment, 'unknown') as segment
    from email_events
    left join person_records
        on email_events.person_record_id = person_records.person_record_id
    left join people
        on person_records.person_id = people.person_id

),

email_checks as (

    select
        'email_deliverability_rate' as check_name,
        email_event_id as record_key,
        owner_id,
        source,
        segment,
        case
            when not is_judged then 0
            when event_type = 'spam_report' then -1
            when has_deliveries and event_type = 'delivered' then 1
            when has_deliveries then 0
            when event_type = 'sent' then 1
            else -1
        end as numerator,
        case when is_judged and event_type = 'sent' then 1 else 0 end as denominator,
        occurred_at as happened_at
    from owned_events
    union all
    select
        'unjudged_email_share' as check_name,
        email_event_id as record_key,
        owner_id,
        source,
        segment,
        case when is_judged then 0 else 1 end as numerator,
        1 as denominator,
        occurred_at as happened_at
    from owned_events
    where event_type = 'sent'

)

select * from email_checks
