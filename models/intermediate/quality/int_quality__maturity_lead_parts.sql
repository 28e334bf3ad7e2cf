-- Grain: one row per measure of how leads are worked, and month: its parts.

with

mqls as (

    select
        {{ reporting_month('entered_at') }} as month,
        definition_version
    from {{ ref('fct_stage_transitions') }}
    where stage = 'mql' and not is_imputed

),

routing_parts as (

    select
        month,
        numerator,
        denominator
    from {{ ref('fct_metric_parts') }}
    where metric = 'lead_routing_accuracy' and month is not null

),

people as (

    select
        person_id,
        {{ reporting_month('created_at') }} as month
    from {{ ref('dim_people') }}
    where created_at is not null

),

unrouted_leads as (

    select person_id
    from {{ ref('fct_unrouted_leads') }}

),

due_responses as (

    select
        {{ reporting_month('mql_at') }} as month,
        first_response_at
    from {{ ref('fct_lead_responses') }}
    where is_met is not null

),

quality_checks as (

    select distinct cast(date_trunc('month', checked_on) as date) as month
    from {{ ref('fct_quality_checks') }}
    where measured_value is not null

),

later_steps as (

    select
        cohort_month as month,
        is_skipped
    from {{ ref('fct_funnel_steps') }}
    where stage != 'lead'

),

lead_parts as (

    select
        'documented_mql_rate' as measure,
        month,
        count(definition_version) as numerator,
        count(*) as denominator,
        count(*) as cases
    from mqls
    group by month
    union all
    select
        'lead_routing_accuracy' as measure,
        month,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(denominator) as cases
    from routing_parts
    group by month
    union all
    select
        'assigned_lead_rate' as measure,
        people.month,
        count(*) - count(unrouted_leads.person_id) as numerator,
        count(*) as denominator,
        count(*) as cases
    from people
    left join unrouted_leads
        on people.person_id = unrouted_leads.person_id
    group by people.month
    union all
    select
        'answered_mql_rate' as measure,
        month,
        count(first_response_at) as numerator,
        count(*) as denominator,
        count(*) as cases
    from due_responses
    group by month
    union all
    select
        'checked_months' as measure,
        month,
        1 as numerator,
        null as denominator,
        1 as cases
    from quality_checks
    union all
    select
        'proven_stage_rate' as measure,
        month,
        count_if(not is_skipped) as numerator,
        count(*) as denominator,
        count(*) as cases
    from later_steps
    group by month

)

select * from lead_parts
