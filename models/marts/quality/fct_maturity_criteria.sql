-- Grain: one row per criterion of the seed maturity_criteria in force: whether it is
-- met, with the evidence, and in each row the stage that all of them together reach.
-- No stage is skipped: one is reached when all that it and those before it ask is met.

with

stages as (

    select
        stage,
        stage_order
    from {{ ref('maturity_stages') }}

),

verdicts as (

    select
        maturity_verdicts.*,
        stages.stage_order
    from {{ ref('int_quality__maturity_verdicts') }} as maturity_verdicts
    inner join stages
        on maturity_verdicts.stage = stages.stage

),

missed_so_far as (

    select
        stages.stage,
        stages.stage_order,
        count(verdicts.criterion_id) as missed
    from stages
    left join verdicts
        on stages.stage_order >= verdicts.stage_order and not verdicts.is_met
    group by
        stages.stage,
        stages.stage_order

),

reached_stages as (

    select
        max_by(stage, stage_order) as reached_stage,
        max(stage_order) as reached_order
    from missed_so_far
    where missed = 0

),

worded_verdicts as (

    select
        *,
        {{ figure_beside_limit('measured_value', 'unit', 'bound') }} as figure,
        case when bound = 'minimum' then 'at least ' else 'at most ' end
        || {{ figure_beside_limit('threshold', 'unit', 'bound') }} || ' asked'
            as asked,
        case when window_months is null then '' else 'since ' || measured_from end
            as since
    from verdicts

),

maturity_criteria as (

    select
        worded_verdicts.criterion_id,
        worded_verdicts.stage,
        worded_verdicts.stage_order,
        worded_verdicts.criterion_order,
        worded_verdicts.criterion,
        worded_verdicts.measure,
        worded_verdicts.fix,
        worded_verdicts.owner,
        case
            when
                not worded_verdicts.is_judged
                and worded_verdicts.cases >= worded_verdicts.least_cases
                then 'Cannot be judged yet: there is nothing to measure'
            when not worded_verdicts.is_judged
                then
                    'Cannot be judged yet: ' || worded_verdicts.cases || ' '
                    || trim(worded_verdicts.case_words || ' ' || worded_verdicts.since)
                    || ', at least ' || worded_verdicts.least_cases || ' needed'
            when worded_verdicts.unit = 'count'
                then
                    worded_verdicts.figure_words || ': ' || worded_verdicts.figure
                    || ' ' || worded_verdicts.since || '; ' || worded_verdicts.asked
            when worded_verdicts.unit = 'number'
                then
                    worded_verdicts.figure_words || ': ' || worded_verdicts.figure
                    || ', of ' || worded_verdicts.cases || ' '
                    || trim(worded_verdicts.case_words || ' ' || worded_verdicts.since)
                    || '; ' || worded_verdicts.asked
            else
                worded_verdicts.figure || ' ' || worded_verdicts.figure_words || ' ('
                || worded_verdicts.cases || ' '
                || trim(worded_verdicts.case_words || ' ' || worded_verdicts.since)
                || '); ' || worded_verdicts.asked
        end as evidence,
        reached_stages.reached_stage,
        worded_verdicts.is_judged,
        worded_verdicts.is_met,
        worded_verdicts.stage_order <= reached_stages.reached_order as is_stage_reached,
        not worded_verdicts.is_met
        and worded_verdicts.stage_order = reached_stages.reached_order + 1
            as is_asked_next,
        worded_verdicts.measured_value,
        worded_verdicts.threshold,
        worded_verdicts.cases
    from worded_verdicts
    cross join reached_stages

)

select * from maturity_criteria
