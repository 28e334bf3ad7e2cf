-- Grain: one row per way in which a signal about a channel and purpose reaches someone.
-- It reaches golden people by the record that it names and by any record's address. The
-- CRM's flag and the suppression list carry no time and concern marketing e-mail.

with

consent_signals as (

    select * from {{ ref('int_campaigns__consent_signals') }}

),

person_records as (

    select * from {{ ref('int_campaigns__person_records') }}

),

person_addresses as (

    select * from {{ ref('int_campaigns__person_addresses') }}

),

listed_people as (

    select * from {{ ref('int_campaigns__listed_people') }}

),

record_signals as (

    select
        person_records.person_id,
        consent_signals.person_record_id,
        consent_signals.source,
        consent_signals.channel,
        consent_signals.purpose,
        consent_signals.signal,
        consent_signals.lawful_basis,
        consent_signals.evidence,
        consent_signals.signalled_at
    from consent_signals
    inner join person_records
        on consent_signals.person_record_id = person_records.person_record_id

),

address_signals as (

    select
        person_addresses.person_id,
        person_addresses.person_record_id,
        consent_signals.source,
        consent_signals.channel,
        consent_signals.purpose,
        consent_signals.signal,
        consent_signals.lawful_basis,
        consent_signals.evidence,
        consent_signals.signalled_at
    from consent_signals
    inner join person_addresses
        on consent_signals.email = person_addresses.email

),

record_flags as (

    select
        person_id,
        person_record_id,
        source,
        'email' as channel,
        'marketing' as purpose,
        'crm_opt_out' as signal,
        cast(null as string) as lawful_basis,
        'has_opted_out' as evidence,
        cast(null as timestamp) as signalled_at
    from person_records
    where has_opted_out

),

list_entries as (

    select
        person_id,
        cast(null as string) as person_record_id,
        'suppression_list' as source,
        'email' as channel,
        'marketing' as purpose,
        'suppression_list' as signal,
        cast(null as string) as lawful_basis,
        suppression_id as evidence,
        cast(null as timestamp) as signalled_at
    from listed_people

),

person_signals as (

    select * from record_signals
    union all
    select * from address_signals
    union all
    select * from record_flags
    union all
    select * from list_entries

)

select * from person_signals
