-- Pace policies that leave a cost type without a run rate at as_of, or statuses of
-- which none starts at 0.

{{ config(group='finance') }}

with

general_policies as (

    select count(*) as row_count
    from {{ ref('pace_policies') }}
    where cost_type = '*' and {{ in_force() }}

),

lowest_statuses as (

    select count(*) as row_count
    from {{ ref('pace_statuses') }}
    where least_ratio = 0

)

select 'no row * of pace_policies is in force' as problem
from general_policies
where row_count = 0
union all
select 'no row of pace_statuses starts at 0' as problem
from lowest_statuses
where row_count = 0
