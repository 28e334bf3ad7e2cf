-- Grain: one row per stage of a person that a conversion, an opportunity or the MQL
-- definition proves.
-- It is placed in the person's own time, never before the person is known.

{{ config(materialized='view') }}

with

known_people as (

    select
        person_id,
        known_at
    from {{ ref('int_lifecycle__known_people') }}

),

stamps as (

    select
        person_id,
        source,
        stage,
        'conversion' as evidence,
        entered_at
    from {{ ref('int_lifecycle__conversions') }}
    union all
    select
        person_id,
        source,
        stage,
        'opportunity' as evidence,
        entered_at
    from {{ ref('int_lifecycle__opportunity_facts') }}
    union all
    select
        person_id,
        source,
        'mql' as stage,
        'definition' as evidence,
        qualified_at as entered_at
    from {{ ref('int_lifecycle__definition_mqls') }}

),

placed_stamps as (

    select
        stamps.person_id,
        stamps.source,
        stamps.stage,
        stamps.evidence,
        greatest(stamps.entered_at, known_people.known_at) as entered_at
    from stamps
    inner join known_people
        on stamps.person_id = known_people.person_id

)

select * from placed_stamps
