-- Grain: one row per campaign, deployment step and attempt at it.

with

attempts as (

    select
        *,
        completed_at is null as is_open,
        coalesce(completed_at, {{ as_of() }}) as seen_until
    from {{ ref('int_campaigns__step_attempts') }}

),

deployment_steps as (

    select
        step,
        step_order,
        target_days
    from {{ ref('deployment_steps') }}

),

timed_attempts as (

    select
        attempts.*,
        deployment_steps.step_order,
        deployment_steps.target_days,
        case
            when attempts.seen_until >= attempts.started_at
                then
                    {{ dbt.datediff(
                        'attempts.started_at', 'attempts.seen_until', 'second'
                    ) }} / 86400e0
        end as elapsed_days
    from attempts
    left join deployment_steps
        on attempts.step = deployment_steps.step

),

steps as (

    select
        campaign_id,
        step,
        step_order,
        min(started_at) as first_started_at,
        max(completed_at) as last_completed_at,
        sum(elapsed_days) as total_days
    from timed_attempts
    group by campaign_id, step, step_order

),

placed_steps as (

    select
        campaign_id,
        step,
        lag(last_completed_at) over (
            partition by campaign_id
            order by step_order
        ) as previous_completed_at,
        min(first_started_at) over (
            partition by campaign_id
            order by step_order
            rows between 1 following and unbounded following
        ) as next_started_at,
        total_days is not null
        and row_number() over (
            partition by campaign_id
            order by total_days desc nulls last, step_order asc
        ) = 1 as is_bottleneck
    from steps
    where step_order is not null

),

campaign_deployments as (

    select
        concat_ws(
            '#',
            timed_attempts.campaign_id,
            timed_attempts.step,
            cast(timed_attempts.attempt_number as {{ dbt.type_string() }})
        ) as campaign_deployment_id,
        timed_attempts.campaign_id,
        timed_attempts.step,
        cast(timed_attempts.step_order as integer) as step_order,
        timed_attempts.attempt_number,
        timed_attempts.assignee_id,
        cast(
            case when not timed_attempts.is_open then timed_attempts.elapsed_days end
            as double
        ) as duration_days,
        cast(
            case
                when
                    timed_attempts.attempt_number = 1
                    and placed_steps.previous_completed_at <= timed_attempts.started_at
                    then
                        {{ dbt.datediff(
                            'placed_steps.previous_completed_at',
                            'timed_attempts.started_at',
                            'second'
                        ) }} / 86400e0
            end as double
        ) as wait_days,
        cast(timed_attempts.target_days as integer) as target_days,
        timed_attempts.elapsed_days > timed_attempts.target_days as is_over_target,
        timed_attempts.attempt_number > 1
        or coalesce(timed_attempts.started_at > placed_steps.next_started_at, false)
            as is_rework,
        coalesce(placed_steps.is_bottleneck, false) as is_bottleneck,
        timed_attempts.is_open,
        timed_attempts.started_at,
        timed_attempts.completed_at
    from timed_attempts
    left join placed_steps
        on
            timed_attempts.campaign_id = placed_steps.campaign_id
            and timed_attempts.step = placed_steps.step

)

select * from campaign_deployments
