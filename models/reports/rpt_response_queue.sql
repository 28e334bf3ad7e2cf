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

waiting_leads as (

    select
        funnel_cycle_id,
        account_id
    from {{ ref('fct_lead_funnel') }}
    where
        coalesce(
            sal_at, sql_at, opportunity_at, won_at, recycled_at, disqualified_at
        ) is null

),

response_queue as (

    select
        row_number() over (
            order by
                lead_responses.urgency asc,
                lead_responses.overdue_hours asc,
                lead_responses.due_at asc,
                lead_responses.funnel_cycle_id asc
        ) as rank,
        lead_responses.urgency,
        lead_responses.funnel_cycle_id,
        lead_responses.person_id,
        waiting_leads.account_id,
        lead_responses.segment,
        lead_responses.owner_id,
        lead_responses.fallback_owner,
        lead_responses.overdue_hours,
        lead_responses.mql_at,
        lead_responses.due_at
    from lead_responses
    inner join waiting_leads
        on lead_responses.funnel_cycle_id = waiting_leads.funnel_cycle_id

)

select * from response_queue
