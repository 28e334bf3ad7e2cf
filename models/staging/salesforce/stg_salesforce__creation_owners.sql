-- Grain: one row per lead that a user had from its creation on and later lost.
-- The old value of a lead's first change of owner tells whose it was until then. A lead
-- that was passed on in the second of its creation was nobody's before.

with

leads as (

    select * from {{ source('salesforce', 'lead') }}

),

owner_changes as (

    select * from {{ source('salesforce', 'lead_history') }}
    where
        lower(trim(field)) in ('owner', 'ownerid')
        and not coalesce(_fivetran_deleted, false)

),

users as (

    select * from {{ source('salesforce', 'user') }}

),

previous_owners as (

    select
        {{ source_key('salesforce', 'owner_changes.lead_id') }} as person_record_id,
        {{ source_key('salesforce', 'owner_changes.old_value') }} as owner_id,
        owner_changes.id as change_id,
        owner_changes.created_date as changed_at,
        users.id is not null
        or {{ is_salesforce_user_id('owner_changes.old_value') }} as is_user
    from owner_changes
    left join users on trim(owner_changes.old_value) = trim(users.id)

),

first_changes as (

    select *
    from previous_owners
    -- A change is stored with names and with ids; the ids tell.
    qualify row_number() over (
        partition by person_record_id
        order by
            changed_at asc,
            is_user desc,
            change_id asc
    ) = 1

),

creation_owners as (

    select
        first_changes.person_record_id,
        first_changes.owner_id,
        'salesforce' as source,
        leads.created_date as assigned_at,
        first_changes.changed_at as lost_at
    from leads
    inner join first_changes
        on
            {{ source_key('salesforce', 'leads.id') }}
            = first_changes.person_record_id
            and leads.created_date < first_changes.changed_at
    where first_changes.is_user

)

select * from creation_owners
