-- Grain: one row per step from what was reported to what holds now: out as reported, in
-- at the new amount; out again, in with all the rest.

with

steps as (

    select
        1 as step,
        -1 as direction,
        true as is_old
    union all
    select
        2 as step,
        1 as direction,
        true as is_old
    union all
    select
        3 as step,
        -1 as direction,
        true as is_old
    union all
    select
        4 as step,
        1 as direction,
        false as is_old

)

select * from steps
