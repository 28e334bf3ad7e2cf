-- Without a policy in force at as_of no channel would be ranked and no move looked at.

{{ config(group='finance') }}

with

windows as (

    select count(*) as policies
    from {{ ref('int_finance__reallocation_windows') }}

)

select policies
from windows
where policies != 1
