-- Grain: one row per person or account that a rule fired for: the three rules that
-- weigh most at as_of, in words.

{{ config(materialized='view') }}

with

ranked_rules as (

    select
        subject_key,
        rule,
        points,
        row_number() over (
            partition by subject_key
            order by abs(points) desc, rule_id
        ) as place
    from {{ ref('int_lifecycle__fired_rules') }}

),

worded_rules as (

    select
        subject_key,
        place,
        concat(
            rule,
            case when points < 0 then ' ' else ' +' end,
            cast(cast(points as decimal(18, 1)) as string)
        ) as words
    from ranked_rules
    where place <= 3

),

top_rules as (

    select
        subject_key,
        concat_ws(
            ', ',
            max(case when place = 1 then words end),
            max(case when place = 2 then words end),
            max(case when place = 3 then words end)
        ) as top_rules
    from worded_rules
    group by subject_key

)

select * from top_rules
