-- Grain: one row per test, kind of test and variant, with those who met it alone.
-- Who met two is in neither; who met one that nobody noted is in none.

with

variant_plans as (

    select * from {{ ref('int_campaigns__variant_plans') }}

),

test_subjects as (

    select * from {{ ref('int_campaigns__test_subjects') }}

),

counted_variants as (

    select
        test_id,
        test_kind,
        first_variant as variant,
        count(*) as subjects,
        count_if(has_converted) as conversions
    from test_subjects
    where first_variant = last_variant
    group by test_id, test_kind, first_variant

),

tests as (

    select
        test_id,
        test_kind,
        count_if(first_variant != last_variant) as contaminated_subjects,
        count_if(first_variant is null) as unassigned_subjects,
        min(exposed_at) as started_at,
        max(exposed_at) as ended_at
    from test_subjects
    group by test_id, test_kind

),

variant_counts as (

    select
        variant_plans.test_id,
        variant_plans.test_kind,
        variant_plans.variant,
        variant_plans.is_control,
        variant_plans.planned_share,
        cast(coalesce(counted_variants.subjects, 0) as bigint) as subjects,
        cast(coalesce(counted_variants.conversions, 0) as bigint) as conversions,
        cast(tests.contaminated_subjects as bigint) as contaminated_subjects,
        cast(tests.unassigned_subjects as bigint) as unassigned_subjects,
        tests.started_at,
        tests.ended_at
    from variant_plans
    inner join tests
        on
            variant_plans.test_id = tests.test_id
            and variant_plans.test_kind = tests.test_kind
    left join counted_variants
        on
            variant_plans.test_id = counted_variants.test_id
            and variant_plans.test_kind = counted_variants.test_kind
            and variant_plans.variant = counted_variants.variant

)

select * from variant_counts
