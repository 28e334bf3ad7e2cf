-- Grain: one row per kind of A/B test, with the policy in force at as_of.

{{ config(materialized='view') }}

with

standing_policies as (

    select
        test_kind,
        goal,
        conversion_days,
        lower(control_variant) as control_variant,
        significance_level,
        split_significance_level,
        target_power,
        minimum_effect,
        minimum_days
    from {{ ref('ab_test_policies') }}
    where {{ in_force() }}

)

select * from standing_policies
