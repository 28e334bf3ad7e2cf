-- Grain: one row per status of a budget, with the ratios of expected spend to budget
-- that it holds for.

with

pace_statuses as (

    select * from {{ ref('pace_statuses') }}

),

bounded_statuses as (

    select
        status,
        least_ratio,
        lead(least_ratio) over (order by least_ratio asc) as below_ratio
    from pace_statuses

)

select * from bounded_statuses
