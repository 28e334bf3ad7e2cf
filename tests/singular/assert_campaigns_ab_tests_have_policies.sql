-- Kinds of A/B tests that people met and for which no policy is in force at as_of:
-- fct_ab_tests lists none of these tests.

{{ config(severity='warn', group='campaigns') }}

with

test_subjects as (

    select
        test_kind,
        count(distinct test_id) as unjudged_tests
    from {{ ref('int_campaigns__test_subjects') }}
    group by test_kind

),

policies as (

    select test_kind
    from {{ ref('int_campaigns__standing_ab_policies') }}

)

select
    test_subjects.test_kind,
    test_subjects.unjudged_tests
from test_subjects
left join policies on test_subjects.test_kind = policies.test_kind
where policies.test_kind is null
