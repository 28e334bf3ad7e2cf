-- Grain: one row per MQL that still waits for its first response and is at risk or
-- overdue, the next one to act on first.
-- What can still be saved comes first, by when it is due; then what is overdue, the
-- freshest first.

with

lead_responses as (

    select
        *,
        case when is_at_risk then 'at_risk' else 'overdue' end as urgency
    from {{ ref('fct_lead_responses') }}
    where
        first_response_at is null
        and (is_at_risk or sla_status = 'missed')

),

lead_funnel as (

    select
        funnel_cycle_id,
        account_id
    from {{ ref('fct_lead_funnel') }}

),

-- Where a lead stands now, not where it ever was: sales may hand it back.
waiting_leads as (

    select
        person_id,
        cycle_number
    from {{ ref('fct_stage_transitions') }}
    where is_current and stage in ('lead', 'mql')

),

response_queue as (

    select
        cast(row_number() over (
            order by
                lead_responses.urgency asc,
                lead_responses.overdue_hours asc,
                lead_responses.due_at asc,
                lead_responses.funnel_cycle_id asc
        ) as bigint) as rank,
        lead_responses.urgency,
        lead_responses.funnel_cycle_id,
        lead_responses.person_id,
        lead_funnel.account_id,
        lead_responses.segment,
        lead_responses.owner_id,
        lead_responses.fallback_owner,
        lead_responses.overdue_hours,
        lead_responses.mql_at,
        lead_responses.due_at
    from lead_responses
    inner join waiting_leads
        on
            lead_responses.person_id = waiting_leads.person_id
            and lead_responses.cycle_number = waiting_leads.cycle_number
    inner join lead_funnel
        on lead_responses.funnel_cycle_id = lead_funnel.funnel_cycle_id

)

select * from response_queue
