-- Grain: one row per lifecycle value that a lead entered.
-- A change tells the new value and, the first of an attribute, the one before it, which
-- the lead was created with. A lead without changes is known by its current status.

with

leads as (

    select * from {{ source('marketo', 'lead') }}

),

stage_attributes as (

    select attribute
    from {{ ref('stage_attributes') }}
    where source = 'marketo'

),

changes as (

    select
        trim(activities.lead_id) as lead_id,
        stage_attributes.attribute,
        activities.id,
        activities.old_value,
        activities.new_value,
        activities.reason,
        activities.activity_date
    from {{ source('marketo', 'activity_change_data_value') }} as activities
    inner join stage_attributes
        on lower(trim(activities.primary_attribute_value)) = stage_attributes.attribute

),

first_changes as (

    select
        lead_id,
        attribute,
        old_value
    from changes
    qualify
        row_number() over (
            partition by lead_id, attribute order by activity_date, id
        ) = 1

),

changed_leads as (

    select lead_id
    from changes
    group by lead_id

),

stages as (

    select
        lead_id,
        new_value as stage_value,
        reason,
        'field_history' as evidence,
        activity_date as entered_at
    from changes
    union all
    select
        first_changes.lead_id,
        first_changes.old_value as stage_value,
        cast(null as string) as reason,
        'field_history' as evidence,
        leads.created_at as entered_at
    from first_changes
    inner join leads on first_changes.lead_id = trim(leads.id)
    union all
    select
        trim(leads.id) as lead_id,
        leads.lead_status as stage_value,
        cast(null as string) as reason,
        'current_status' as evidence,
        coalesce(leads.updated_at, leads.created_at) as entered_at
    from leads
    left join changed_leads on trim(leads.id) = changed_leads.lead_id
    where changed_leads.lead_id is null

),

stage_events as (

    select
        {{ source_key('marketo', 'lead_id') }} as person_record_id,
        'marketo' as source,
        {{ clean_text('stage_value') }} as stage_value,
        {{ clean_text('reason') }} as reason,
        evidence,
        entered_at
    from stages
    where {{ clean_text('stage_value') }} is not null and entered_at is not null

)

select * from stage_events
