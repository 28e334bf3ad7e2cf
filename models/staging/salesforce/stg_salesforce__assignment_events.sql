-- Grain: one row per change of a lead's owner to a user.
-- Salesforce stores the change twice, with names and with ids; queues own leads too.

with

owner_changes as (

    select * from {{ source('salesforce', 'lead_history') }}
    where
        lower(trim(field)) in ('owner', 'ownerid')
        and not coalesce(_fivetran_deleted, false)

),

users as (

    select * from {{ source('salesforce', 'user') }}

),

assignments as (

    select
        {{ source_key('salesforce', 'owner_changes.lead_id') }} as person_record_id,
        {{ source_key('salesforce', 'owner_changes.new_value') }} as owner_id,
        'salesforce' as source,
        owner_changes.created_date as assigned_at
    from owner_changes
    left join users on trim(owner_changes.new_value) = trim(users.id)
    where
        users.id is not null
        or {{ is_salesforce_user_id('owner_changes.new_value') }}

)

select * from assignments
