-- Stages that nothing is asked for at as_of, so that they would be reached by
-- themselves; criteria of the first stage, which could then be missed; gaps in the
-- order of stages.

{{ config(group='quality') }}

with

stages as (

    select
        stage,
        stage_order,
        row_number() over (order by stage_order) as place
    from {{ ref('maturity_stages') }}

),

criteria as (

    select
        stage,
        count(*) as criteria_asked
    from {{ ref('maturity_criteria') }}
    where {{ in_force() }}
    group by stage

)

select
    stages.stage,
    stages.stage_order,
    coalesce(criteria.criteria_asked, 0) as criteria_asked
from stages
left join criteria
    on stages.stage = criteria.stage
where
    stages.stage_order != stages.place
    or (stages.place = 1) != (criteria.stage is null)
