-- Grain: one row per test, kind of test and variant that somebody met or that was
-- planned, with its part of the planned split and whether it is the control.
-- Without a policy in force a kind is not judged, and a test warns of it.

with

test_subjects as (

    select * from {{ ref('int_campaigns__test_subjects') }}

),

planned_variants as (

    select
        campaign_id as test_id,
        test_kind,
        variant,
        planned_share,
        is_control
    from {{ ref('ab_tests') }}

),

policies as (

    select
        test_kind,
        control_variant
    from {{ ref('int_campaigns__standing_ab_policies') }}

),

tests as (

    select
        test_id,
        test_kind
    from test_subjects
    group by test_id, test_kind

),

named_variants as (

    select
        test_id,
        test_kind,
        first_variant as variant
    from test_subjects
    union
    select
        test_id,
        test_kind,
        last_variant as variant
    from test_subjects
    union
    select
        planned_variants.test_id,
        planned_variants.test_kind,
        planned_variants.variant
    from planned_variants
    inner join tests
        on
            planned_variants.test_id = tests.test_id
            and planned_variants.test_kind = tests.test_kind

),

weighted_variants as (

    select
        named_variants.test_id,
        named_variants.test_kind,
        named_variants.variant,
        coalesce(
            planned_variants.planned_share,
            1e0 / count(*) over (
                partition by named_variants.test_id, named_variants.test_kind
            )
        ) as weight,
        row_number() over (
            partition by named_variants.test_id, named_variants.test_kind
            order by
                case
                    when planned_variants.is_control then 1
                    when lower(named_variants.variant) = policies.control_variant then 2
                    else 3
                end asc,
                named_variants.variant asc
        ) = 1 as is_control
    from named_variants
    inner join policies on named_variants.test_kind = policies.test_kind
    left join planned_variants
        on
            named_variants.test_id = planned_variants.test_id
            and named_variants.test_kind = planned_variants.test_kind
            and named_variants.variant = planned_variants.variant
    where named_variants.variant is not null

),

variant_plans as (

    select
        test_id,
        test_kind,
        variant,
        is_control,
        cast(
            weight / sum(weight) over (partition by test_id, test_kind) as double
        ) as planned_share
    from weighted_variants

)

select * from variant_plans
