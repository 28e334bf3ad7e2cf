-- Grain: one row per field of golden people that is on a picklist at as_of and value
-- that a record has in it, in another spelling than the picklist keeps.

with

records as (

    select * from {{ ref('int_core__live_person_records') }}

),

person_spellings as (

    {{ kept_spellings('people') }}

)

select * from person_spellings
