-- Grain: one row per golden person of several records and field that any of them fills:
-- the golden value, the record that it comes from, and the rule that decided.

with

candidates as (

    select * from {{ ref('int_core__person_values') }}

),

policies as (

    select * from {{ ref('int_core__survivorship_policies') }}
    where entity = 'people'

),

verified_values as (

    select * from {{ ref('int_core__verified_values') }}
    where entity = 'people'

),

chosen_person_values as (

    {{ golden_values() }}

)

select * from chosen_person_values
