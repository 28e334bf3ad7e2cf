-- No two versions of a scoring rule, a grade or the MQA definition are in force on one
-- day, and no two grades of a subject start at the same points: which one counts would
-- be chance.

with

policies as (

    select
        concat('rule ', rule) as policy,
        rule_id as version_id,
        effective_from,
        effective_to
    from {{ ref('scoring_rules') }}
    union all
    select
        concat('grade ', subject, ' ', grade) as policy,
        grade_id as version_id,
        effective_from,
        effective_to
    from {{ ref('score_grades') }}
    union all
    select
        concat('points ', subject, ' ', coalesce(min_points, -1e18)) as policy,
        grade_id as version_id,
        effective_from,
        effective_to
    from {{ ref('score_grades') }}
    union all
    select
        'mqa definition' as policy,
        definition_version as version_id,
        effective_from,
        effective_to
    from {{ ref('mqa_definitions') }}

),

followed_policies as (

    select
        *,
        lead(effective_from) over (
            partition by policy
            order by effective_from, version_id
        ) as next_from
    from policies

)

select
    policy,
    version_id
from followed_policies
where coalesce(effective_to, cast('9999-12-31' as date)) > next_from
