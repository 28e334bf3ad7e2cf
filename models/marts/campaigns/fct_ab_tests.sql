-- Grain: one row per A/B test, kind of test and variant.
-- A test is judged once; before that any difference is a peek. A split that is off is
-- told first, since it makes every rate doubtful.

with

variant_counts as (

    select
        *,
        conversions / cast(nullif(subjects, 0) as double) as rate
    from {{ ref('int_campaigns__variant_counts') }}

),

variant_tests as (

    select * from {{ ref('int_campaigns__variant_tests') }}

),

policies as (

    select * from {{ ref('int_campaigns__standing_ab_policies') }}

),

judged_variants as (

    select
        variant_counts.*,
        variant_tests.lift_low,
        variant_tests.lift_high,
        variant_tests.raw_p_value,
        variant_tests.p_value,
        variant_tests.test_method,
        variant_tests.split_p_value,
        variant_tests.power_reached,
        policies.minimum_days,
        max(case when variant_counts.is_control then variant_counts.rate end)
            over test_variants as control_rate,
        max(variant_tests.required_subjects) over test_variants as required_subjects,
        min(variant_counts.subjects) over test_variants as least_subjects,
        coalesce(
            variant_tests.split_p_value < policies.split_significance_level, false
        ) as has_sample_ratio_mismatch,
        coalesce(variant_tests.p_value < policies.significance_level, false)
            as is_significant
    from variant_counts
    inner join variant_tests
        on
            variant_counts.test_id = variant_tests.test_id
            and variant_counts.test_kind = variant_tests.test_kind
            and variant_counts.variant = variant_tests.variant
    inner join policies on variant_counts.test_kind = policies.test_kind
    window test_variants as (
        partition by variant_counts.test_id, variant_counts.test_kind
    )

),

peeked_variants as (

    select
        *,
        case when not is_control then rate - control_rate end as lift,
        coalesce(least_subjects >= required_subjects, false) as has_enough_subjects,
        {{ as_of() }}
        < case when has_enough_subjects then started_at else ended_at end
        + minimum_days * interval '1' day as is_early_peek
    from judged_variants

),

ab_tests as (

    select
        concat_ws('#', test_id, test_kind, variant) as ab_test_variant_id,
        test_id,
        test_kind,
        variant,
        is_control,
        case
            when required_subjects is null or subjects = 0 then 'nothing to compare'
            when is_control then 'control'
            when has_sample_ratio_mismatch then 'split is off'
            when is_early_peek then 'too early to tell'
            when is_significant and lift > 0 then 'better'
            when is_significant then 'worse'
            when has_enough_subjects then 'no difference shown'
            else 'too few subjects'
        end as verdict,
        has_sample_ratio_mismatch,
        is_early_peek,
        has_enough_subjects,
        is_significant,
        test_method,
        planned_share,
        subjects,
        conversions,
        contaminated_subjects,
        unassigned_subjects,
        required_subjects,
        rate,
        lift,
        lift / nullif(control_rate, 0) as relative_lift,
        lift_low,
        lift_high,
        raw_p_value,
        p_value,
        split_p_value,
        power_reached,
        started_at,
        ended_at
    from peeked_variants

)

select * from ab_tests
