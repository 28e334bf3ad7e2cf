-- Grain: one row per moment at which a person met the MQL definition of the day, where
-- none of the person's sources declares MQLs. Who is out for good does not qualify.

{{ config(materialized='view') }}

with

qualifying_moments as (

    select
        *,
        {{ reporting_date('qualified_at') }} as qualified_date
    from {{ ref('int_lifecycle__qualifying_moments') }}

),

mql_definitions as (

    select
        definition_version,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('mql_definitions') }}

),

person_records as (

    select
        person_id,
        source
    from {{ ref('bridge_person_records') }}

),

mql_sources as (

    select * from {{ ref('mql_sources') }}

),

off_ramps as (

    select
        person_id,
        stage,
        entered_at
    from {{ ref('int_lifecycle__declared_events') }}
    where exclusion_reason is null and stage in ('disqualified', 'recycled')

),

judged_people as (

    select
        person_records.person_id,
        min(person_records.source) as source
    from person_records
    left join mql_sources
        on person_records.source = mql_sources.source
    group by person_records.person_id
    having not bool_or(coalesce(mql_sources.declares_mqls, true))

),

moments_in_force as (

    select
        qualifying_moments.person_id,
        judged_people.source,
        qualifying_moments.definition_version,
        qualifying_moments.qualified_at
    from qualifying_moments
    inner join judged_people
        on qualifying_moments.person_id = judged_people.person_id
    inner join mql_definitions
        on
            qualifying_moments.definition_version
            = mql_definitions.definition_version
            and qualifying_moments.qualified_date >= mql_definitions.effective_from
            and qualifying_moments.qualified_date < mql_definitions.effective_to

),

moments_out_for_good as (

    select
        moments_in_force.person_id,
        moments_in_force.qualified_at
    from moments_in_force
    inner join off_ramps
        on
            moments_in_force.person_id = off_ramps.person_id
            and moments_in_force.qualified_at > off_ramps.entered_at
    group by
        moments_in_force.person_id,
        moments_in_force.qualified_at
    having
        max(case when off_ramps.stage = 'disqualified' then off_ramps.entered_at end)
        > coalesce(
            max(case when off_ramps.stage = 'recycled' then off_ramps.entered_at end),
            cast('0001-01-01' as timestamp)
        )

),

definition_mqls as (

    select moments_in_force.*
    from moments_in_force
    left join moments_out_for_good
        on
            moments_in_force.person_id = moments_out_for_good.person_id
            and moments_in_force.qualified_at = moments_out_for_good.qualified_at
    where moments_out_for_good.person_id is null

)

select * from definition_mqls
