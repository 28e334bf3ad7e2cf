-- Grain: one row per golden person about whom there is a signal, with what stands.
-- A signal reaches a person by the record it names and by any record's address. A later
-- opt-in lifts an objection; in one second the objection wins. Nothing lifts a bounce.

with

consent_signals as (

    select * from {{ ref('int_campaigns__consent_signals') }}

),

person_records as (

    select * from {{ ref('int_campaigns__person_records') }}

),

profiles as (

    select
        person_id,
        email
    from {{ ref('dim_person_profiles') }}
    where email is not null

),

record_signals as (

    select
        person_records.person_id,
        consent_signals.signal,
        coalesce(consent_signals.email, person_records.email) as email,
        consent_signals.signalled_at
    from consent_signals
    inner join person_records
        on consent_signals.person_record_id = person_records.person_record_id

),

address_signals as (

    select
        person_records.person_id,
        consent_signals.signal,
        consent_signals.email,
        consent_signals.signalled_at
    from consent_signals
    inner join person_records
        on consent_signals.email = person_records.email

),

signals as (

    select * from record_signals
    union all
    select * from address_signals

),

latest_signals as (

    select
        signals.person_id,
        max(signals.signalled_at) filter (
            where signals.signal = 'opt_in'
        ) as last_opt_in_at,
        max(signals.signalled_at) filter (
            where signals.signal = 'opt_out'
        ) as last_opt_out_at,
        max(signals.signalled_at) filter (
            where signals.signal = 'spam_report'
        ) as last_spam_report_at,
        max(signals.signalled_at) filter (
            where signals.signal = 'unsubscribe'
        ) as last_unsubscribe_at,
        -- Only a bounce of the address in use counts.
        max(signals.signalled_at) filter (
            where signals.signal = 'hard_bounce' and profiles.email is not null
        ) as last_hard_bounce_at
    from signals
    left join profiles
        on
            signals.person_id = profiles.person_id
            and signals.email = profiles.email
    group by signals.person_id

),

person_signals as (

    select
        person_id,
        coalesce(last_opt_out_at >= coalesce(last_opt_in_at, last_opt_out_at), false)
            as is_opted_out,
        coalesce(
            last_spam_report_at >= coalesce(last_opt_in_at, last_spam_report_at), false
        ) as is_spam_reported,
        coalesce(
            last_unsubscribe_at >= coalesce(last_opt_in_at, last_unsubscribe_at), false
        ) as is_unsubscribed,
        last_hard_bounce_at is not null as is_hard_bounced,
        last_opt_in_at is not null
        and not is_opted_out
        and not is_spam_reported
        and not is_unsubscribed as has_opt_in,
        greatest(
            last_opt_in_at, last_opt_out_at, last_spam_report_at, last_unsubscribe_at
        ) as latest_consent_at
    from latest_signals

)

select * from person_signals
