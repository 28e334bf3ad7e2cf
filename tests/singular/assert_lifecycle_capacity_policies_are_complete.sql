-- Seeds of capacity without a row that holds for all at as_of: the plan would be empty.

{{ config(group='lifecycle') }}

with

general_policies as (

    select count(*) as row_count
    from {{ ref('capacity_policies') }}
    where team = '*' and {{ in_force() }}

),

methods as (

    select count(*) as row_count
    from {{ ref('capacity_methods') }}
    where scope = 'all' and {{ in_force() }}

)

select 'no row * of capacity_policies is in force' as problem
from general_policies
where row_count = 0
union all
select 'no row all of capacity_methods is in force' as problem
from methods
where row_count = 0
