-- Grain: one row per golden person, channel and purpose about which something is known:
-- what stands at as_of, and what proves it.
-- The CRM's flag and the suppression list stand whatever comes later; of the others the
-- latest stands, and in one second an objection.

with

person_signals as (

    select * from {{ ref('int_campaigns__person_signals') }}

),

ranked_signals as (

    select
        *,
        case when signal = 'opt_in' then 'opt_in' else 'opt_out' end as status,
        row_number() over (
            partition by person_id, channel, purpose
            order by
                case
                    when signal in ('crm_opt_out', 'suppression_list') then 0 else 1
                end asc,
                signalled_at desc nulls last,
                case when signal = 'opt_in' then 1 else 0 end asc,
                signal asc,
                coalesce(person_record_id, '') asc,
                source asc,
                coalesce(evidence, '') asc,
                coalesce(lawful_basis, '') asc
        ) as signal_rank,
        max(signalled_at) over (
            partition by person_id, channel, purpose
        ) as latest_event_at
    from person_signals

),

consents as (

    select
        concat_ws('#', person_id, channel, purpose) as consent_id,
        person_id,
        channel,
        purpose,
        status,
        signal as decided_by,
        case
            when status = 'opt_in' then coalesce(lawful_basis, 'consent')
            else lawful_basis
        end as lawful_basis,
        source,
        person_record_id,
        evidence,
        signalled_at as decided_at,
        latest_event_at
    from ranked_signals
    where signal_rank = 1

)

select * from consents
