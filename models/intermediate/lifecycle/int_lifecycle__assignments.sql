-- Grain: one row per golden person and moment at which an owner was given to them, in
-- their order.

with

generic_events as (

    select * from {{ ref('stg_generic__assignment_events') }}

),

salesforce_events as (

    select * from {{ ref('stg_salesforce__assignment_events') }}

),

hubspot_events as (

    select * from {{ ref('stg_hubspot__assignment_events') }}

),

marketo_events as (

    select * from {{ ref('stg_marketo__assignment_events') }}

),

creation_owners as (

    select * from {{ ref('int_lifecycle__creation_owners') }}

),

staged_events as (

    select * from generic_events
    union all
    select * from salesforce_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events
    union all
    select * from creation_owners

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

short_rep_keys as (

    select * from {{ ref('int_lifecycle__short_rep_keys') }}

),

person_events as (

    select
        person_records.person_id,
        coalesce(short_rep_keys.rep_id, staged_events.owner_id) as owner_id,
        staged_events.assigned_at
    from staged_events
    inner join person_records
        on staged_events.person_record_id = person_records.person_record_id
    left join short_rep_keys
        on
            {{ has_short_key('staged_events.owner_id', 'short_rep_keys.short_key') }}
    where
        staged_events.assigned_at <= {{ as_of() }}
        and staged_events.owner_id is not null
    group by
        person_records.person_id,
        coalesce(short_rep_keys.rep_id, staged_events.owner_id),
        staged_events.assigned_at

),

assignments as (

    select
        person_id,
        owner_id,
        assigned_at,
        row_number() over (
            partition by person_id
            order by
                assigned_at asc,
                owner_id asc
        ) as assignment_number
    from person_events

)

select * from assignments
