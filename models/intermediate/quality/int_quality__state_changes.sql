-- Grain: one row per metric that is a state, month, segment, owner and source: by how
-- much its parts differ from those of the month before.
-- Records are judged by what they are today, in the months since they were made. What
-- is older than the months that are counted stands in the first of them.

with

check_sums as (

    select
        check_name as metric,
        month,
        segment,
        owner_id,
        source,
        numerator,
        denominator
    from {{ ref('int_quality__check_sums') }}
    where
        check_name in (
            'contact_completeness_rate', 'duplicate_rate', 'enrichment_coverage_rate'
        )

),

decay_changes as (

    select * from {{ ref('int_quality__decay_changes') }}

),

changes as (

    select * from check_sums
    union all
    select * from decay_changes

),

placed_changes as (

    select
        metric,
        case
            when month is not null then greatest(month, {{ first_counted_month() }})
        end as month,
        segment,
        owner_id,
        source,
        numerator,
        denominator
    from changes

),

state_changes as (

    select
        metric,
        month,
        segment,
        owner_id,
        source,
        cast(sum(numerator) as bigint) as numerator,
        cast(sum(denominator) as bigint) as denominator
    from placed_changes
    group by
        metric,
        month,
        segment,
        owner_id,
        source

)

select * from state_changes
