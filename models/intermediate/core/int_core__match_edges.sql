-- Grain: one row per pair of match units and reason to take them for one person. A
-- decision goes first, then what ties the records of a contested component, then
-- probability.

with

match_units as (

    select * from {{ ref('int_core__match_units') }}

),

match_decisions as (

    select * from {{ ref('int_core__match_decisions') }}

),

person_records as (

    select
        person_record_id,
        converted_contact_record_id,
        merged_into_record_id
    from {{ ref('int_core__person_records') }}

),

crm_links as (

    select
        person_record_id,
        linked_record_id
    from {{ ref('int_core__crm_links') }}

),

candidate_pairs as (

    select
        unit_id,
        other_unit_id,
        match_probability
    from {{ ref('int_core__candidate_pairs') }}

),

match_limits as (

    select merge_probability from {{ ref('int_core__match_limits') }}

),

record_edges as (

    select
        person_record_id,
        other_person_record_id,
        1 as precedence,
        'decided' as match_rule
    from match_decisions
    where decision = 'merge'
    union all
    select
        person_record_id,
        converted_contact_record_id as other_person_record_id,
        2 as precedence,
        'converted' as match_rule
    from person_records
    where converted_contact_record_id is not null
    union all
    select
        person_record_id,
        merged_into_record_id as other_person_record_id,
        3 as precedence,
        'merged' as match_rule
    from person_records
    where merged_into_record_id is not null
    union all
    select
        person_record_id,
        linked_record_id as other_person_record_id,
        4 as precedence,
        'crm_link' as match_rule
    from crm_links
    union all
    select
        person_record_id,
        group_id as other_person_record_id,
        5 as precedence,
        'email' as match_rule
    from match_units
    where is_contested

),

match_edges as (

    select
        match_units.unit_id,
        other_units.unit_id as other_unit_id,
        record_edges.precedence,
        record_edges.match_rule,
        cast(1 as double) as match_probability
    from record_edges
    inner join match_units
        on record_edges.person_record_id = match_units.person_record_id
    inner join match_units as other_units
        on record_edges.other_person_record_id = other_units.person_record_id
    where match_units.unit_id != other_units.unit_id
    union all
    select
        candidate_pairs.unit_id,
        candidate_pairs.other_unit_id,
        6 as precedence,
        'probabilistic' as match_rule,
        candidate_pairs.match_probability
    from candidate_pairs
    cross join match_limits
    where candidate_pairs.match_probability >= match_limits.merge_probability

)

select * from match_edges
