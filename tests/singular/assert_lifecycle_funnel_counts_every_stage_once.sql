-- The steps that cycles entered are the stages that fct_lead_funnel times, and no cycle
-- drops out twice.
with

funnel_stages as (

    select
        count(lead_at) as leads,
        count(mql_at) as mqls,
        count(sal_at) as sals,
        count(sql_at) as sqls,
        count(opportunity_at) as opportunities,
        count(won_at) as customers
    from {{ ref('fct_lead_funnel') }}

),

entered_steps as (

    select
        count(*) filter (where stage = 'lead') as leads,
        count(*) filter (where stage = 'mql') as mqls,
        count(*) filter (where stage = 'sal') as sals,
        count(*) filter (where stage = 'sql') as sqls,
        count(*) filter (where stage = 'opportunity') as opportunities,
        count(*) filter (where stage = 'customer') as customers
    from {{ ref('fct_funnel_steps') }}
    where not is_skipped

),

dropped_twice as (

    select funnel_cycle_id
    from {{ ref('fct_funnel_steps') }}
    where is_dropped
    group by funnel_cycle_id
    having count(*) > 1

),

faults as (

    select 'counted differently' as fault
    from funnel_stages
    full outer join entered_steps
        on
            funnel_stages.leads = entered_steps.leads
            and funnel_stages.mqls = entered_steps.mqls
            and funnel_stages.sals = entered_steps.sals
            and funnel_stages.sqls = entered_steps.sqls
            and funnel_stages.opportunities = entered_steps.opportunities
            and funnel_stages.customers = entered_steps.customers
    where funnel_stages.leads is null or entered_steps.leads is null
    union all
    select funnel_cycle_id as fault
    from dropped_twice

)

select * from faults
