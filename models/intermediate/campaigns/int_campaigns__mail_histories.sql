-- Grain: one row per golden person who ever objected and event of marketing e-mail: an
-- opt-in, an objection or a mail that was sent, up to as_of.
-- Within a second an opt-in comes first and an objection last.

with

events as (

    select * from {{ ref('int_campaigns__marketing_mail_events') }}
    where occurred_at <= {{ as_of() }}

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('int_campaigns__person_records') }}

),

person_addresses as (

    select
        person_id,
        email
    from {{ ref('int_campaigns__person_addresses') }}

),

person_events as (

    select
        person_records.person_id,
        events.*
    from events
    inner join person_records
        on events.person_record_id = person_records.person_record_id
    union all
    select
        person_addresses.person_id,
        events.*
    from events
    inner join person_addresses
        on events.email = person_addresses.email

),

objectors as (

    select person_id
    from person_events
    where kind = 'objection'
    group by person_id

),

mail_histories as (

    select
        person_events.person_id,
        person_events.source,
        person_events.kind,
        person_events.signal,
        person_events.evidence,
        person_events.campaign_id,
        date_trunc('second', person_events.occurred_at) as occurred_at
    from person_events
    inner join objectors
        on person_events.person_id = objectors.person_id
    group by
        person_events.person_id,
        person_events.source,
        person_events.kind,
        person_events.signal,
        person_events.evidence,
        person_events.campaign_id,
        date_trunc('second', person_events.occurred_at)

)

select * from mail_histories
