-- Grain: one row per check, month, segment, owner and source, and whether the check
-- counts it at as_of: its additive parts, of every check but freshness.
-- A table, because totals and metrics are both made of the same millions of records.

with

quality_checks as (

    select
        check_name,
        window_days
    from {{ ref('quality_checks') }}
    where {{ in_force() }}

),

check_parts as (

    select * from {{ ref('int_quality__check_parts') }}

),

dated_parts as (

    select
        check_parts.check_name,
        {{ reporting_month('check_parts.happened_at') }} as month,
        check_parts.segment,
        check_parts.owner_id,
        check_parts.source,
        quality_checks.check_name is not null
        and (
            quality_checks.window_days is null
            or coalesce(
                check_parts.happened_at
                > {{ as_of() }} - quality_checks.window_days * interval '1' day,
                false
            )
        ) as is_counted,
        check_parts.numerator,
        check_parts.denominator
    from check_parts
    left join quality_checks
        on check_parts.check_name = quality_checks.check_name

),

check_sums as (

    select
        check_name,
        month,
        segment,
        owner_id,
        source,
        is_counted,
        cast(sum(numerator) as bigint) as numerator,
        cast(sum(denominator) as bigint) as denominator
    from dated_parts
    group by
        check_name,
        month,
        segment,
        owner_id,
        source,
        is_counted

)

select * from check_sums
