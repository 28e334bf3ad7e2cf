-- Grain: one row per field of golden people that is on a picklist at as_of and value
-- that a record has in it, in another spelling than the picklist keeps.

with

records as (

    select * from {{ ref('int_core__golden_person_records') }}

),

picklists as (

    select
        field,
        min(picklist) as picklist
    from {{ ref('picklists') }}
    where
        entity = 'people'
        and {{ in_force() }}
    group by field

),

picklist_values as (

    select
        field,
        synonym,
        picklist_value
    from {{ ref('picklist_values') }}

),

person_spellings as (

    {{ kept_spellings('people') }}

)

select * from person_spellings
