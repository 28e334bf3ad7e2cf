-- Grain: one row per decaying rule, with the group and the slot of its half-life.
-- A slot is one half-life of one dimension. They are put into groups of some, the short
-- ones first, so that the points of all slots of a group are summed up in one go.

{{ config(materialized='view') }}

with

scoring_rules as (

    select
        rule_id,
        dimension,
        cast(half_life_days as double) as half_life_days
    from {{ ref('scoring_rules') }}
    where half_life_days is not null

),

ranked_rules as (

    select
        rule_id,
        dimension,
        half_life_days,
        dense_rank() over (order by half_life_days, dimension) - 1 as place
    from scoring_rules

),

decaying_rules as (

    select
        rule_id,
        dimension,
        half_life_days,
        cast(floor(place / {{ slots_of_group() }}) as integer) as group_number,
        cast(place % {{ slots_of_group() }} as integer) as slot
    from ranked_rules

)

select * from decaying_rules
