-- Grain: one row per problem of the data that some record has: how much revenue stands
-- behind its records, and how much of that is at risk. A piece of revenue counts once
-- in a problem, but problems share pieces, so that the figures do not add up over rows.

with

audit_problems as (

    select * from {{ ref('audit_problems') }}
    where {{ in_force() }}

),

problem_values as (

    select
        problem,
        value_key,
        max(value_usd) as value_usd
    from {{ ref('fct_data_problems') }}
    group by
        problem,
        value_key

),

valued_problems as (

    select
        problem,
        coalesce(sum(value_usd), 0) as value_usd
    from problem_values
    group by problem

),

affected_records as (

    select
        problem,
        count(distinct record_id) as records_affected
    from {{ ref('fct_data_problems') }}
    group by problem

),

audited_problems as (

    select
        audit_problems.problem,
        audit_problems.label,
        audit_problems.basis,
        audit_problems.owner,
        audit_problems.fix,
        affected_records.records_affected,
        audit_problems.risk_share,
        cast(valued_problems.value_usd as decimal(28, 2)) as value_usd,
        cast(valued_problems.value_usd * audit_problems.risk_share as decimal(28, 2))
            as revenue_at_risk_usd
    from audit_problems
    inner join affected_records
        on audit_problems.problem = affected_records.problem
    inner join valued_problems
        on audit_problems.problem = valued_problems.problem

)

select * from audited_problems
