-- Grain: one row per criterion of the seed maturity_criteria in force: what was
-- measured, and whether that is enough. What the data cannot judge is not met.

with

criteria as (

    select
        *,
        cast(
            date_trunc('month', {{ reporting_date(as_of()) }})
            - (window_months - 1) * interval '1' month as date
        ) as measured_from
    from {{ ref('maturity_criteria') }}
    where {{ in_force() }}

),

parts as (

    select * from {{ ref('int_quality__maturity_lead_parts') }}
    union all
    select * from {{ ref('int_quality__maturity_money_parts') }}
    union all
    select * from {{ ref('int_quality__maturity_prediction_parts') }}

),

past_parts as (

    select *
    from parts
    where coalesce(month <= {{ reporting_date(as_of()) }}, true)

),

summed_parts as (

    select
        criteria.criterion_id,
        coalesce(sum(past_parts.numerator), 0) as numerator,
        sum(past_parts.denominator) as denominator,
        cast(coalesce(sum(past_parts.cases), 0) as bigint) as cases
    from criteria
    left join past_parts
        on
            criteria.measure = past_parts.measure
            and (
                criteria.window_months is null
                or criteria.measured_from <= past_parts.month
            )
    group by criteria.criterion_id

),

measured_criteria as (

    select
        criteria.*,
        summed_parts.cases,
        case
            when criteria.unit = 'count' then cast(summed_parts.numerator as double)
            else
                cast(summed_parts.numerator as double)
                / nullif(cast(summed_parts.denominator as double), 0)
        end as measured_value
    from criteria
    inner join summed_parts
        on criteria.criterion_id = summed_parts.criterion_id

),

maturity_verdicts as (

    select
        *,
        measured_value is not null and cases >= least_cases as is_judged,
        cases >= least_cases
        and coalesce(
            case
                when bound = 'minimum' then measured_value >= threshold
                else measured_value <= threshold
            end, false
        ) as is_met
    from measured_criteria

)

select * from maturity_verdicts
