-- Grain: one row per spend day, with whether better figures of the platform take its
-- place: the same money is told by more than one report, and counts once.

with

spend_days as (

    select * from {{ ref('int_campaigns__spend_days') }}

),

superseded_costs as (

    select cost_day_id from {{ ref('int_campaigns__covered_costs') }}
    union
    select cost_day_id from {{ ref('int_campaigns__outranked_costs') }}
    union
    select cost_day_id from {{ ref('int_campaigns__contained_costs') }}

),

spend_verdicts as (

    select
        spend_days.*,
        superseded_costs.cost_day_id is not null as is_superseded
    from spend_days
    left join superseded_costs
        on spend_days.cost_day_id = superseded_costs.cost_day_id

)

select * from spend_verdicts
