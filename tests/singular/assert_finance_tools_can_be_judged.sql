-- Without one policy in force at as_of no tool would be judged, and a question without
-- a criterion would be unknown for every tool.

{{ config(group='finance') }}

with

policies as (

    select count(*) as row_count
    from {{ ref('tool_policies') }}
    where {{ in_force() }}

),

questions as (

    select count(distinct question) as row_count
    from {{ ref('tool_criteria') }}
    where {{ in_force() }}

)

select 'not one row of tool_policies is in force' as problem
from policies
where row_count != 1
union all
select 'a question has no criterion in force' as problem
from questions
where row_count != 3
