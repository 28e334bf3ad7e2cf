-- Grain: one row per golden person and mail that was sent to them while an objection
-- stood, with the first objection since the last opt-in.

with

mail_histories as (

    select
        *,
        case kind when 'opt_in' then 0 when 'sent' then 1 else 2 end as kind_rank
    from {{ ref('int_campaigns__mail_histories') }}

),

agreed_events as (

    select
        *,
        count(case when kind = 'opt_in' then 1 end) over (
            partition by person_id
            order by occurred_at, kind_rank
            range between unbounded preceding and current row
        ) as opt_in_count
    from mail_histories

),

judged_events as (

    select
        *,
        min(case when kind = 'objection' then occurred_at end) over (
            partition by person_id, opt_in_count
        ) as opted_out_at
    from agreed_events

),

first_objections as (

    select
        person_id,
        opt_in_count,
        source,
        signal,
        evidence
    from judged_events
    where kind = 'objection'
    qualify row_number() over (
        partition by person_id, opt_in_count
        order by occurred_at, signal, source, coalesce(evidence, '')
    ) = 1

),

objected_mails as (

    select
        judged_events.evidence as email_event_id,
        judged_events.person_id,
        judged_events.campaign_id,
        judged_events.source,
        first_objections.signal as opted_out_by,
        first_objections.source as opt_out_source,
        first_objections.evidence as opt_out_evidence,
        judged_events.opted_out_at,
        judged_events.occurred_at as sent_at
    from judged_events
    inner join first_objections
        on
            judged_events.person_id = first_objections.person_id
            and judged_events.opt_in_count = first_objections.opt_in_count
    where
        judged_events.kind = 'sent'
        and judged_events.occurred_at > judged_events.opted_out_at

)

select * from objected_mails
