-- Grain: one row per criterion on the data that attribution rests on, and in each row
-- the verdict on all of them.
-- A criterion that was not measured on the day of as_of is not known to hold, so that
-- the verdict is caution at best.

with

criteria as (

    select * from {{ ref('attribution_trust_criteria') }}
    where {{ in_force() }}

),

thresholds as (

    select
        threshold_id,
        bound,
        value
    from {{ ref('quality_thresholds') }}

),

quality_checks as (

    select
        check_name,
        fix,
        measured_value,
        checked_on
    from {{ ref('fct_quality_checks') }}
    where
        dimension = 'all'
        and checked_on = {{ reporting_date(as_of()) }}
        and measured_value is not null

),

judged_criteria as (

    select
        criteria.*,
        quality_checks.fix,
        thresholds.bound,
        case
            when thresholds.bound = 'minimum'
                then quality_checks.measured_value >= thresholds.value
            else quality_checks.measured_value <= thresholds.value
        end as is_met,
        quality_checks.measured_value,
        thresholds.value as threshold,
        quality_checks.checked_on as measured_on
    from criteria
    inner join thresholds
        on criteria.threshold_id = thresholds.threshold_id
    left join quality_checks
        on criteria.check_name = quality_checks.check_name

),

criteria_totals as (

    select
        cast(count_if(not is_met) as bigint) as criteria_missed,
        cast(count_if(is_met is null) as bigint) as criteria_unmeasured,
        case
            when count_if(not is_met and verdict_if_missed = 'not_trusted') > 0
                then 'not_trusted'
            when count_if(is_met is not true) > 0 then 'caution'
            else 'trusted'
        end as trust_verdict
    from judged_criteria

),

attribution_trust as (

    select
        judged_criteria.trust_criterion_id,
        judged_criteria.check_name,
        judged_criteria.meaning,
        judged_criteria.verdict_if_missed,
        judged_criteria.owner,
        judged_criteria.fix,
        judged_criteria.bound,
        judged_criteria.is_met,
        criteria_totals.trust_verdict,
        judged_criteria.measured_value,
        judged_criteria.threshold,
        criteria_totals.criteria_missed,
        criteria_totals.criteria_unmeasured,
        judged_criteria.measured_on
    from judged_criteria
    cross join criteria_totals

)

select * from attribution_trust
