-- Grain: one row per problem and record that has it, of how leads are treated: answered
-- too late, left without an owner, mailed after an objection, led by broken links.

with

lead_responses as (

    select
        funnel_cycle_id,
        person_id,
        mql_at
    from {{ ref('fct_lead_responses') }}
    where not is_met

),

unrouted_leads as (

    select
        person_id,
        created_at
    from {{ ref('fct_unrouted_leads') }}
    where owner_id is null

),

consent_violations as (

    select
        violation_id,
        person_id,
        sent_at
    from {{ ref('fct_consent_violations') }}

),

utm_violations as (

    -- Once per broken rule: the latest touch is the same.
    select touchpoint_id
    from {{ ref('fct_utm_violations') }}

),

touchpoints as (

    select
        touchpoint_id,
        person_id,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null

),

lead_problems as (

    select
        'missed_service_levels' as problem,
        'funnel_cycles' as entity,
        funnel_cycle_id as record_id,
        person_id,
        mql_at as happened_at
    from lead_responses
    union all
    select
        'leads_without_owner' as problem,
        'people' as entity,
        person_id as record_id,
        person_id,
        created_at as happened_at
    from unrouted_leads
    union all
    select
        'consent_violations' as problem,
        'emails' as entity,
        violation_id as record_id,
        person_id,
        sent_at as happened_at
    from consent_violations
    union all
    select
        'broken_campaign_links' as problem,
        'people' as entity,
        touchpoints.person_id as record_id,
        touchpoints.person_id,
        max(touchpoints.touched_at) as happened_at
    from touchpoints
    inner join utm_violations
        on touchpoints.touchpoint_id = utm_violations.touchpoint_id
    group by touchpoints.person_id

)

select * from lead_problems
