-- Grain: one row per golden person and calendar year in which something showed that
-- what we know of them holds: a record made or changed, or a response of theirs. Within
-- a year each such moment is fresh at the next one.

with

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

staged_people as (

    select
        record_key,
        created_at,
        updated_at
    from {{ ref('int_quality__staged_people') }}

),

responses as (

    select
        person_id,
        touch_type,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null

),

response_types as (

    select touch_type
    from {{ ref('touch_types') }}
    where is_response

),

records as (

    select
        person_records.person_id,
        staged_people.created_at,
        staged_people.updated_at
    from person_records
    inner join staged_people
        on person_records.person_record_id = staged_people.record_key

),

moments as (

    select
        person_id,
        created_at as verified_at
    from records
    union all
    select
        person_id,
        updated_at as verified_at
    from records
    union all
    select
        responses.person_id,
        responses.touched_at as verified_at
    from responses
    inner join response_types
        on responses.touch_type = response_types.touch_type

),

verified_years as (

    select
        person_id,
        cast(extract(year from verified_at) as integer) as verified_year,
        min(verified_at) as verified_from,
        max({{ dbt.dateadd('month', 12, 'verified_at') }}) as fresh_until
    from moments
    where verified_at <= {{ as_of() }}
    group by
        person_id,
        cast(extract(year from verified_at) as integer)

)

select * from verified_years
