-- Grain: one row per open problem of the data, the one with the most revenue at risk
-- first.

with

audited_problems as (

    select * from {{ ref('fct_audited_problems') }}

),

data_audit as (

    select
        cast(row_number() over (
            order by revenue_at_risk_usd desc, records_affected desc, problem asc
        ) as integer) as rank,
        problem,
        label,
        records_affected,
        value_usd,
        revenue_at_risk_usd,
        basis,
        owner,
        fix
    from audited_problems

)

select * from data_audit
