-- Grain: one row per status that a lead entered.
-- The history tells every change and, by the old value of the first, the status that
-- the lead was created in. A lead without history is known by its current status only.

with

leads as (

    select * from {{ source('salesforce', 'lead') }}

),

status_changes as (

    select * from {{ source('salesforce', 'lead_history') }}
    where
        lower(trim(field)) = 'status'
        and not coalesce(_fivetran_deleted, false)

),

first_changes as (

    select
        lead_id,
        old_value
    from status_changes
    qualify row_number() over (partition by lead_id order by created_date, id) = 1

),

entered_statuses as (

    select
        lead_id,
        new_value as status,
        'field_history' as evidence,
        created_date as entered_at
    from status_changes

),

initial_statuses as (

    select
        leads.id as lead_id,
        first_changes.old_value as status,
        'field_history' as evidence,
        leads.created_date as entered_at
    from leads
    inner join first_changes on leads.id = first_changes.lead_id

),

current_statuses as (

    select
        leads.id as lead_id,
        leads.status,
        'current_status' as evidence,
        -- Conversion freezes a lead's status; a mass update may touch it years later.
        case
            when leads.converted_date is not null
                then greatest(leads.converted_date, leads.created_date)
            else coalesce(leads.last_modified_date, leads.created_date)
        end as entered_at
    from leads
    left join first_changes on leads.id = first_changes.lead_id
    where first_changes.lead_id is null

),

statuses as (

    select * from initial_statuses
    union all
    select * from entered_statuses
    union all
    select * from current_statuses

),

renamed as (

    select
        {{ source_key('salesforce', 'lead_id') }} as person_record_id,
        'salesforce' as source,
        {{ clean_text('status') }} as stage_value,
        cast(null as string) as reason,
        evidence,
        entered_at
    from statuses
    where {{ clean_text('status') }} is not null and entered_at is not null

)

select * from renamed
