-- Grain: one row per event of an e-mail that deliverability counts, up to as_of, and
-- whether its source tells of deliveries, and told of them by then.
-- In the months before a source's first delivery nobody knows what arrived.

{{ config(materialized='view') }}

with

generic_events as (

    select * from {{ ref('stg_generic__email_events') }}

),

hubspot_events as (

    select * from {{ ref('stg_hubspot__email_events') }}

),

marketo_events as (

    select * from {{ ref('stg_marketo__email_events') }}

),

email_events as (

    select * from generic_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events

),

counted_events as (

    select
        email_event_id,
        source,
        person_record_id,
        event_type,
        occurred_at,
        {{ reporting_month('occurred_at') }} as month,
        bool_or(event_type = 'delivered') over of_source as has_deliveries,
        min(
            case
                when event_type = 'delivered'
                    then {{ reporting_month('occurred_at') }}
            end
        ) over of_source as first_delivery_month
    from email_events
    where
        event_type in ('sent', 'delivered', 'bounce', 'spam_report')
        and {{ known_by_as_of('occurred_at') }}
    window of_source as (
        partition by source
    )

),

judged_events as (

    select
        email_event_id,
        source,
        person_record_id,
        event_type,
        occurred_at,
        has_deliveries,
        coalesce(month >= first_delivery_month, true) as is_judged
    from counted_events

)

select * from judged_events
