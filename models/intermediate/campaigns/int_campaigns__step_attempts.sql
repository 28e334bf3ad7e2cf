-- Grain: one row per campaign, deployment step and attempt at it that was known by
-- as_of. A step that was landed when it began and again when it ended is one attempt.

with

campaign_steps as (

    select
        campaign_id,
        step,
        assignee_id,
        case when started_at <= {{ as_of() }} then started_at end as started_at,
        case when completed_at <= {{ as_of() }} then completed_at end as completed_at
    from {{ ref('stg_generic__campaign_steps') }}
    where
        campaign_id is not null
        and step is not null

),

attempts as (

    -- An attempt whose beginning nobody noted is told by its end.
    select
        campaign_id,
        step,
        max(assignee_id) as assignee_id,
        started_at,
        max(completed_at) as completed_at
    from campaign_steps
    where coalesce(started_at, completed_at) is not null
    group by
        campaign_id,
        step,
        started_at,
        case when started_at is null then completed_at end

),

step_attempts as (

    select
        campaign_id,
        step,
        cast(
            row_number() over (
                partition by
                    campaign_id,
                    step
                order by
                    coalesce(started_at, completed_at) asc,
                    completed_at asc nulls last,
                    started_at asc nulls last
            ) as integer
        ) as attempt_number,
        assignee_id,
        started_at,
        completed_at
    from attempts

)

select * from step_attempts
