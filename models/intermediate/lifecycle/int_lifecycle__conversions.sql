-- Grain: one row per converted record of a golden person.
-- A conversion known by its day alone is of that day in the reporting time zone, and
-- comes after all else that was declared on it.

with

generic_people as (

    select
        person_record_id,
        source,
        converted_opportunity_id,
        converted_at
    from {{ ref('stg_generic__people') }}
    where converted_at is not null

),

salesforce_people as (

    select
        person_record_id,
        source,
        converted_opportunity_id,
        converted_at
    from {{ ref('stg_salesforce__people') }}
    where converted_at is not null

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

declared_events as (

    select
        person_id,
        entered_at
    from {{ ref('int_lifecycle__declared_events') }}
    where exclusion_reason is null

),

converted_records as (

    select * from generic_people
    union all
    select * from salesforce_people

),

converted_people as (

    select
        person_records.person_id,
        converted_records.person_record_id,
        converted_records.source,
        converted_records.converted_opportunity_id as opportunity_id,
        converted_records.converted_at,
        case
            when
                converted_records.converted_at
                = date_trunc('day', converted_records.converted_at)
                then {{ reporting_midnight('converted_records.converted_at') }}
        end as day_begins_at,
        {{ reporting_midnight(
            dbt.dateadd('day', 1, 'converted_records.converted_at')
        ) }} as day_ends_at
    from converted_records
    inner join person_records
        on converted_records.person_record_id = person_records.person_record_id

),

last_events_of_day as (

    select
        converted_people.person_record_id,
        max(declared_events.entered_at) as last_event_at
    from converted_people
    inner join declared_events
        on
            converted_people.person_id = declared_events.person_id
            and converted_people.day_begins_at <= declared_events.entered_at
            and converted_people.day_ends_at > declared_events.entered_at
    group by converted_people.person_record_id

),

conversions as (

    select
        converted_people.person_id,
        converted_people.person_record_id,
        converted_people.source,
        converted_people.opportunity_id,
        case
            when converted_people.opportunity_id is not null then 'opportunity'
            else 'sql'
        end as stage,
        greatest(
            coalesce(converted_people.day_begins_at, converted_people.converted_at),
            last_events_of_day.last_event_at
        ) as entered_at
    from converted_people
    left join last_events_of_day
        on converted_people.person_record_id = last_events_of_day.person_record_id

)

select * from conversions
