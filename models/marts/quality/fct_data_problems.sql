-- Grain: one row per problem of the data, record that has it and piece of revenue that
-- stands behind the record. Several records may stand before one piece, which counts
-- once in a problem; what stands behind no record has a row without one.

with

audit_problems as (

    select * from {{ ref('audit_problems') }}
    where {{ in_force() }}

),

record_values as (

    select * from {{ ref('int_quality__record_values') }}

),

stage_values as (

    select * from {{ ref('fct_stage_values') }}
    where stage = 'mql' and segment = 'all'

),

people_problems as (

    select
        people_problems.problem,
        people_problems.entity,
        people_problems.record_id,
        record_values.value_type,
        record_values.value_key,
        record_values.expected_usd as value_usd,
        cast(null as timestamp) as happened_at
    from {{ ref('int_quality__people_problems') }} as people_problems
    left join record_values
        on
            people_problems.entity = record_values.entity
            and people_problems.record_id = record_values.record_id

),

lead_problems as (

    select
        lead_problems.problem,
        lead_problems.entity,
        lead_problems.record_id,
        record_values.value_type,
        record_values.value_key,
        record_values.expected_usd as value_usd,
        lead_problems.happened_at
    from {{ ref('int_quality__lead_problems') }} as lead_problems
    left join record_values
        on
            record_values.entity = 'people'
            and lead_problems.person_id = record_values.record_id
    where lead_problems.entity != 'funnel_cycles'
    union all
    -- A late answer costs what an MQL brings, whatever became of it since.
    select
        lead_problems.problem,
        lead_problems.entity,
        lead_problems.record_id,
        'lead' as value_type,
        lead_problems.record_id as value_key,
        stage_values.expected_usd as value_usd,
        lead_problems.happened_at
    from {{ ref('int_quality__lead_problems') }} as lead_problems
    left join stage_values
        on stage_values.segment = 'all'
    where lead_problems.entity = 'funnel_cycles'

),

money_problems as (

    select
        problem,
        entity,
        record_id,
        value_type,
        record_id as value_key,
        value_usd,
        happened_at
    from {{ ref('int_quality__money_problems') }}

),

all_problems as (

    select * from people_problems
    union all
    select * from lead_problems
    union all
    select * from money_problems

),

data_problems as (

    select
        audit_problems.audit_problem_id,
        all_problems.problem,
        all_problems.entity,
        all_problems.record_id,
        all_problems.value_type,
        all_problems.value_key,
        all_problems.value_usd,
        all_problems.happened_at
    from all_problems
    inner join audit_problems
        on all_problems.problem = audit_problems.problem
    where
        audit_problems.window_days is null
        or all_problems.happened_at is null
        or all_problems.happened_at > {{ dbt.dateadd(
            'day', '-audit_problems.window_days', as_of()
        ) }}

)

select * from data_problems
