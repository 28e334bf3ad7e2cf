-- Grain: one row per pair of match units that may be one person, with the evidence of
-- their most alike records.

with

scored_pairs as (

    select * from {{ ref('int_core__scored_pairs') }}

),

match_units as (

    select
        person_record_id,
        unit_id
    from {{ ref('int_core__match_units') }}

),

unit_pairs as (

    select
        least(match_units.unit_id, other_units.unit_id) as unit_id,
        greatest(match_units.unit_id, other_units.unit_id) as other_unit_id,
        scored_pairs.*
    from scored_pairs
    inner join match_units
        on scored_pairs.person_record_id = match_units.person_record_id
    inner join match_units as other_units
        on scored_pairs.other_person_record_id = other_units.person_record_id

),

candidate_pairs as (

    select *
    from unit_pairs
    qualify row_number() over (
        partition by unit_id, other_unit_id
        order by
            match_probability desc,
            person_record_id asc,
            other_person_record_id asc
    ) = 1

)

select * from candidate_pairs
