-- Grain: one row per person or account that a rule fired for: the three rules that
-- weigh most at as_of, in words.

{{ config(materialized='view') }}

with

ranked_rules as (

    select
        subject,
        subject_id,
        rule,
        points,
        row_number() over (
            partition by subject, subject_id
            order by abs(points) desc, rule_id
        ) as place
    from {{ ref('int_lifecycle__fired_rules') }}

),

top_rules as (

    select
        subject,
        subject_id,
        {{ dbt.listagg(
            "concat(rule, case when points < 0 then ' ' else ' +' end, "
            ~ "cast(cast(points as decimal(18, 1)) as varchar))",
            "', '", 'order by place'
        ) }} as top_rules
    from ranked_rules
    where place <= 3
    group by
        subject,
        subject_id

)

select * from top_rules
