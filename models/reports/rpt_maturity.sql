-- Grain: one row per criterion of marketing's maturity: which stage the data shows,
-- what is missing for the next one, and in what order to do it.

with

maturity_criteria as (

    select * from {{ ref('fct_maturity_criteria') }}

),

maturity as (

    select
        criterion_id,
        stage,
        is_met,
        evidence,
        criterion,
        fix,
        owner,
        case
            when not is_met
                then
                    cast(row_number() over (
                        partition by is_met
                        order by
                            stage_order asc,
                            criterion_order asc,
                            criterion_id asc
                    ) as integer)
        end as to_do_rank,
        is_asked_next,
        is_stage_reached,
        reached_stage
    from maturity_criteria

)

select * from maturity
