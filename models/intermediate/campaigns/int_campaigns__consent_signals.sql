-- Grain: one row per person record, address and kind of signal about e-mail marketing,
-- with the latest second up to as_of in which it was sent.
-- Seconds, because in one second an opt-out beats an opt-in.

with

consent_events as (

    select
        person_record_id,
        email,
        status as signal,
        occurred_at
    from {{ ref('int_campaigns__consent_events') }}
    where
        channel in ('email', 'all')
        and purpose in ('marketing', 'all')
        and status in ('opt_in', 'opt_out')
        and occurred_at <= {{ as_of() }}

),

email_events as (

    select
        person_record_id,
        email,
        case
            when event_type = 'bounce' then 'hard_bounce'
            else event_type
        end as signal,
        occurred_at
    from {{ ref('int_campaigns__email_events') }}
    where
        (
            event_type in ('unsubscribe', 'spam_report')
            or (event_type = 'bounce' and bounce_type = 'hard')
        )
        and occurred_at <= {{ as_of() }}

),

signals as (

    select * from consent_events
    union all
    select * from email_events

),

consent_signals as (

    select
        person_record_id,
        email,
        signal,
        max(date_trunc('second', occurred_at)) as signalled_at
    from signals
    group by
        person_record_id,
        email,
        signal

)

select * from consent_signals
