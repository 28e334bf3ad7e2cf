-- Grain: one row per golden person who objects to marketing e-mail by all that landed.
-- A view, not bound to as_of: an export holds its list against it, so that an opt-out
-- that landed after the build is heeded.

{{ config(materialized='view') }}

with

flagged_records as (

    select
        person_record_id,
        has_opted_out
    from {{ ref('stg_generic__people') }}
    union all
    select
        person_record_id,
        has_opted_out
    from {{ ref('stg_salesforce__people') }}
    union all
    select
        person_record_id,
        has_opted_out
    from {{ ref('stg_hubspot__people') }}
    union all
    select
        person_record_id,
        has_opted_out
    from {{ ref('stg_marketo__people') }}

),

email_events as (

    select
        person_record_id,
        email,
        true as is_objection,
        false as is_lasting,
        date_trunc('second', occurred_at) as signalled_at
    from {{ ref('int_campaigns__email_events') }}
    where event_type in ('unsubscribe', 'spam_report')

),

consent_events as (

    select
        person_record_id,
        email,
        status = 'opt_out' as is_objection,
        false as is_lasting,
        date_trunc('second', occurred_at) as signalled_at
    from {{ ref('int_campaigns__consent_events') }}
    where
        channel in ('email', 'all')
        and purpose in ('marketing', 'all')
        and status in ('opt_in', 'opt_out')

),

signals as (

    select * from email_events
    union all
    select * from consent_events
    union all
    select
        person_record_id,
        -- A flag is about its own record, even where others share the address.
        cast(null as varchar) as email,
        true as is_objection,
        true as is_lasting,
        cast(null as timestamp) as signalled_at
    from flagged_records
    where has_opted_out

),

person_records as (

    select
        person_record_id,
        person_id,
        email
    from {{ ref('int_campaigns__person_records') }}

),

person_signals as (

    select
        person_records.person_id,
        signals.is_objection,
        signals.is_lasting,
        signals.signalled_at
    from signals
    inner join person_records
        on signals.person_record_id = person_records.person_record_id
    union all
    select
        person_records.person_id,
        signals.is_objection,
        signals.is_lasting,
        signals.signalled_at
    from signals
    inner join person_records
        on signals.email = person_records.email

),

standing_objections as (

    select person_id
    from person_signals
    group by person_id
    having
        bool_or(is_lasting)
        or max(case when is_objection then signalled_at end)
        >= coalesce(
            max(case when not is_objection then signalled_at end),
            max(case when is_objection then signalled_at end)
        )

)

select * from standing_objections
