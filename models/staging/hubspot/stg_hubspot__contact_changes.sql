-- Grain: one row per contact, property and moment at which the property changed.
-- The history lands several versions of a row; the newest is the one that stands.

with

changes as (

    select
        history.*,
        coalesce(history.timestamp, history.timestamp_instant) as changed_at
    from {{ source('hubspot', 'contact_property_history') }} as history
    where not coalesce(history._fivetran_deleted, false)

),

contact_changes as (

    select
        {{ source_key('hubspot', 'contact_id') }} as person_record_id,
        'hubspot' as source,
        lower(trim(name)) as property_name,
        {{ clean_text('value') }} as property_value,
        changed_at
    from changes
    where changed_at is not null
    qualify
        row_number() over (
            partition by trim(contact_id), lower(trim(name)), changed_at
            order by
                _fivetran_synced desc nulls last,
                _fivetran_start desc nulls last,
                value asc
        ) = 1

)

select * from contact_changes
