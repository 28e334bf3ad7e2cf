-- Grain: one row per golden person whom marketing may not e-mail by all that landed.
-- A view, not bound to as_of: an export holds its list against it, so that an opt-out
-- that landed after the build is heeded. A record that no build has seen is a person.

{{ config(materialized='view') }}

with

landed_people as (

    select * from {{ ref('int_campaigns__landed_people') }}

),

landed_addresses as (

    select * from {{ ref('int_campaigns__landed_addresses') }}

),

bounced_people as (

    select * from {{ ref('int_campaigns__standing_bounces') }}

),

suppression_list as (

    select
        lower(trim(email)) as email,
        lower(trim(domain)) as email_domain
    from {{ ref('suppression_list') }}
    where {{ in_force() }}

),

signals as (

    select
        person_record_id,
        email,
        kind = 'objection' as is_objection,
        date_trunc('second', occurred_at) as signalled_at
    from {{ ref('int_campaigns__marketing_mail_events') }}
    where kind in ('opt_in', 'objection')

),

person_signals as (

    select
        landed_people.person_id,
        signals.is_objection,
        signals.signalled_at
    from signals
    inner join landed_people
        on signals.person_record_id = landed_people.person_record_id
    union all
    select
        landed_addresses.person_id,
        signals.is_objection,
        signals.signalled_at
    from signals
    inner join landed_addresses
        on signals.email = landed_addresses.email

),

latest_objections as (

    select person_id
    from person_signals
    group by person_id
    having
        max(case when is_objection then signalled_at end)
        >= coalesce(
            max(case when not is_objection then signalled_at end),
            max(case when is_objection then signalled_at end)
        )

),

standing_objections as (

    select person_id from landed_people
    where has_opted_out
    union
    select person_id from bounced_people
    union
    select landed_addresses.person_id
    from landed_addresses
    inner join suppression_list
        on
            landed_addresses.email = suppression_list.email
            or split_part(landed_addresses.email_in_use, '@', 2)
            = suppression_list.email_domain
    union
    select person_id from latest_objections

)

select * from standing_objections
