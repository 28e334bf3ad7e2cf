-- Grain: one row per quality check as the last day that was measured found it: what
-- fails, since when, and who mends it.

with

whole_checks as (

    select
        *,
        max(checked_on) over () as last_checked_on
    from {{ ref('fct_quality_checks') }}
    where dimension = 'all'

),

last_passes as (

    select
        check_name,
        max(checked_on) as last_passed_on
    from whole_checks
    where is_passed
    group by check_name

),

failing_spans as (

    select
        whole_checks.check_name,
        min(whole_checks.checked_on) as failing_since
    from whole_checks
    left join last_passes
        on whole_checks.check_name = last_passes.check_name
    where
        not whole_checks.is_passed
        and (
            last_passes.last_passed_on is null
            or whole_checks.checked_on > last_passes.last_passed_on
        )
    group by whole_checks.check_name

),

data_health as (

    select
        whole_checks.check_name,
        whole_checks.severity,
        whole_checks.is_passed,
        whole_checks.measured_value,
        whole_checks.bound,
        whole_checks.threshold,
        case when not whole_checks.is_passed then failing_spans.failing_since end
            as failing_since,
        whole_checks.owner,
        whole_checks.fix
    from whole_checks
    left join failing_spans
        on whole_checks.check_name = failing_spans.check_name
    where whole_checks.checked_on = whole_checks.last_checked_on

)

select * from data_health
