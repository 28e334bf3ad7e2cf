-- Grain: one row per person record, address, channel, purpose and kind of signal: the
-- latest one up to as_of. "All" stands for each channel or purpose of the seed.
-- Seconds, because in one second an opt-out beats an opt-in.

with

consent_events as (

    select
        person_record_id,
        source,
        email,
        channel,
        purpose,
        status as signal,
        lawful_basis,
        evidence,
        occurred_at
    from {{ ref('int_campaigns__consent_events') }}
    where
        status in ('opt_in', 'opt_out')
        and occurred_at <= {{ as_of() }}

),

email_events as (

    select
        person_record_id,
        source,
        email,
        'email' as channel,
        'marketing' as purpose,
        event_type as signal,
        cast(null as string) as lawful_basis,
        email_event_id as evidence,
        occurred_at
    from {{ ref('int_campaigns__email_events') }}
    where
        event_type in ('unsubscribe', 'spam_report')
        and occurred_at <= {{ as_of() }}

),

scopes as (

    select
        channel,
        purpose
    from {{ ref('consent_scopes') }}

),

signals as (

    select * from consent_events
    union all
    select * from email_events

),

scoped_signals as (

    select
        signals.person_record_id,
        signals.source,
        signals.email,
        scopes.channel,
        scopes.purpose,
        signals.signal,
        signals.lawful_basis,
        signals.evidence,
        signals.occurred_at,
        date_trunc('second', signals.occurred_at) as signalled_at
    from signals
    inner join scopes
        on
            signals.channel in (scopes.channel, 'all')
            and signals.purpose in (scopes.purpose, 'all')

),

consent_signals as (

    select
        person_record_id,
        source,
        email,
        channel,
        purpose,
        signal,
        lawful_basis,
        evidence,
        signalled_at
    from scoped_signals
    qualify row_number() over (
        partition by person_record_id, email, channel, purpose, signal
        order by
            occurred_at desc,
            source asc,
            coalesce(evidence, '') asc,
            coalesce(lawful_basis, '') asc
    ) = 1

)

select * from consent_signals
