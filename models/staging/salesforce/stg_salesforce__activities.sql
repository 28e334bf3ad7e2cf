-- Grain: one row per task that was done or event.
-- An open task is a plan, so it is left out. Where the flag is missing, only the status
-- Completed says that a task was done.

with

tasks as (

    select * from {{ source('salesforce', 'task') }}
    where
        coalesce(is_closed, lower(trim(status)) = 'completed', false)
        and not coalesce(is_deleted, false)
        and not {{ is_removed() }}

),

events as (

    select * from {{ source('salesforce', 'event') }}
    where
        not coalesce(is_deleted, false)
        and not {{ is_removed() }}

),

opportunities as (

    select id from {{ source('salesforce', 'opportunity') }}

),

activity_types as (

    select
        field,
        value,
        activity_type
    from {{ ref('activity_types') }}
    where source = 'salesforce'

),

task_activities as (

    select
        tasks.id,
        tasks.who_id,
        tasks.what_id,
        tasks.owner_id,
        coalesce(
            subtypes.activity_type,
            task_types.activity_type,
            call_types.activity_type,
            'task'
        ) as activity_type,
        case
            when lower(trim(tasks.call_type)) = 'inbound' then 'inbound' else 'outbound'
        end as direction,
        -- A bare day says less than the moment of logging on that day.
        case
            when tasks.completed_date_time is not null then tasks.completed_date_time
            when
                tasks.activity_date = date_trunc('day', tasks.activity_date)
                and tasks.activity_date = date_trunc('day', tasks.created_date)
                then tasks.created_date
            else coalesce(tasks.activity_date, tasks.created_date)
        end as occurred_at
    from tasks
    left join activity_types as subtypes
        on
            lower(trim(tasks.task_subtype)) = subtypes.value
            and subtypes.field = 'task_subtype'
    left join activity_types as task_types
        on lower(trim(tasks.type)) = task_types.value and task_types.field = 'type'
    left join activity_types as call_types
        on
            lower(trim(tasks.call_type)) = call_types.value
            and call_types.field = 'call_type'

),

event_activities as (

    select
        id,
        who_id,
        what_id,
        owner_id,
        'meeting' as activity_type,
        'outbound' as direction,
        coalesce(
            activity_date_time, start_date_time, activity_date, created_date
        ) as occurred_at
    from events

),

activities as (

    select * from task_activities
    union all
    select * from event_activities

),

renamed as (

    select
        {{ source_key('salesforce', 'activities.id') }} as activity_id,
        'salesforce' as source,
        {{ source_key('salesforce', 'activities.who_id') }} as person_record_id,
        {{ source_key('salesforce', 'opportunities.id') }} as opportunity_id,
        {{ source_key('salesforce', 'activities.owner_id') }} as user_id,
        activities.activity_type,
        activities.direction,
        activities.occurred_at
    from activities
    left join opportunities on activities.what_id = opportunities.id

)

select * from renamed
