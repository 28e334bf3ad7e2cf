-- Grain: one row per moment at which the CRM sync gave a lead to a Salesforce user.
-- Marketo tells of an owner by name too; only an id says who it is.

with

owner_changes as (

    select * from {{ source('marketo', 'activity_change_data_value') }}
    where
        lower(trim(primary_attribute_value)) like '%owner%id%'
        and {{ is_salesforce_user_id('new_value') }}

),

assignments as (

    select
        {{ source_key('marketo', 'lead_id') }} as person_record_id,
        {{ source_key('salesforce', 'new_value') }} as owner_id,
        'marketo' as source,
        activity_date as assigned_at
    from owner_changes
    where activity_date is not null

)

select * from assignments
