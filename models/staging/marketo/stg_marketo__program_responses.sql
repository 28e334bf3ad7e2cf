-- Grain: one row per lead and program: the change of status that says most.
-- That is the first success, else the first status of all.

with

status_changes as (

    select * from {{ source('marketo', 'activity_change_status_in_progression') }}
    where activity_date is not null

),

program_responses as (

    select
        id,
        lead_id,
        coalesce(program_id, primary_attribute_value_id) as program_id,
        coalesce(success, false) as has_succeeded,
        activity_date
    from status_changes
    qualify
        row_number() over (
            partition by
                trim(lead_id), coalesce(program_id, primary_attribute_value_id)
            order by coalesce(success, false) desc, activity_date asc, id asc
        ) = 1

)

select * from program_responses
