-- Grain: one row per month and rep, queue or none: who gets leads by the rules, and who
-- answers in time.

with

metric_parts as (

    select * from {{ ref('fct_metric_parts') }}
    where
        metric in ('sla_compliance_rate', 'lead_routing_accuracy')
        and month is not null

),

reps as (

    select
        rep_id,
        team
    from {{ ref('dim_reps') }}

),

owner_months as (

    select
        month,
        owner_id,
        sum(denominator) filter (where metric = 'sla_compliance_rate') as mqls_due,
        sum(numerator) filter (where metric = 'sla_compliance_rate') as mqls_in_time,
        sum(denominator) filter (where metric = 'lead_routing_accuracy')
            as leads_routed,
        sum(numerator) filter (where metric = 'lead_routing_accuracy')
            as leads_routed_correctly
    from metric_parts
    group by
        month,
        owner_id

),

sla_routing_months as (

    select
        owner_months.month,
        owner_months.owner_id,
        reps.team,
        cast(coalesce(owner_months.mqls_due, 0) as bigint) as mqls_due,
        cast(coalesce(owner_months.mqls_in_time, 0) as bigint) as mqls_in_time,
        cast(owner_months.mqls_in_time as double)
        / nullif(cast(owner_months.mqls_due as double), 0) as sla_compliance_rate,
        cast(coalesce(owner_months.leads_routed, 0) as bigint) as leads_routed,
        cast(coalesce(owner_months.leads_routed_correctly, 0) as bigint)
            as leads_routed_correctly,
        cast(owner_months.leads_routed_correctly as double)
        / nullif(cast(owner_months.leads_routed as double), 0)
            as lead_routing_accuracy
    from owner_months
    left join reps
        on owner_months.owner_id = reps.rep_id

)

select * from sla_routing_months
