-- Grain: one row per media cost of a day from a file whose place better figures of the
-- platform take.

with

superseded_costs as (

    select cost_day_id from {{ ref('int_campaigns__covered_costs') }}
    union
    select cost_day_id from {{ ref('int_campaigns__outranked_costs') }}
    union
    select cost_day_id from {{ ref('int_campaigns__contained_costs') }}

)

select * from superseded_costs
