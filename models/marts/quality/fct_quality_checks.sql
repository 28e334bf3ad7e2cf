-- Grain: one row per check, dimension, value and day of as_of.
-- A check's day is written by the first build of that day, and by no other, nor by a
-- full refresh: it says what was seen then. A build as of a day gone by adds nothing.

{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='append_new_columns'
    )
}}

with

check_totals as (

    select * from {{ ref('int_quality__check_totals') }}

),

quality_checks as (

    select * from {{ ref('quality_checks') }}
    where {{ in_force() }}

),

thresholds as (

    select * from {{ ref('quality_thresholds') }}

),

measured_checks as (

    select
        quality_checks.quality_check_id,
        check_totals.check_name,
        check_totals.dimension,
        check_totals.dimension_value,
        quality_checks.severity,
        quality_checks.owner,
        quality_checks.fix,
        thresholds.unit,
        thresholds.bound,
        thresholds.value as threshold,
        check_totals.numerator,
        check_totals.denominator,
        case
            when thresholds.unit = 'hours' then check_totals.numerator
            else check_totals.numerator / nullif(check_totals.denominator, 0)
        end as measured_value,
        {{ reporting_date(as_of()) }} as checked_on,
        {{ as_of() }} as checked_at
    from check_totals
    inner join quality_checks
        on check_totals.check_name = quality_checks.check_name
    inner join thresholds
        on quality_checks.threshold_id = thresholds.threshold_id

),

judged_checks as (

    select
        quality_check_id,
        check_name,
        dimension,
        dimension_value,
        severity,
        owner,
        fix,
        unit,
        bound,
        case
            when measured_value is null then null
            when bound = 'minimum' then measured_value >= threshold
            else measured_value <= threshold
        end as is_passed,
        numerator,
        denominator,
        measured_value,
        threshold,
        checked_on,
        checked_at
    from measured_checks
    where {{ is_first_of_day('measured_checks', 'check_name', 'checked_on') }}

)

select * from judged_checks
