-- Grain: one row per group of half-lives: what each slot of it stands for.

{{ config(materialized='view') }}

with

decaying_rules as (

    select * from {{ ref('int_lifecycle__decaying_rules') }}

),

half_life_groups as (

    select
        group_number,
        min(half_life_days) as shortest_half_life,
        {{ each_slot(
            "max(case when slot = {n} then half_life_days end) as half_life_{n}"
        ) }},
        {{ each_slot(
            "max(case when slot = {n} and dimension = 'intent' then 1e0 else 0e0 end)"
            ~ " as is_intent_{n}"
        ) }}
    from decaying_rules
    group by group_number

)

select * from half_life_groups
