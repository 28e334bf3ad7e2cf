-- Grain: one row per match unit that might be joined to another and trait of it that
-- may forbid or allow that: a work address, a telephone of its own, a unit that
-- somebody decided is another person, a unit of the same household.

with

match_edges as (

    select
        unit_id,
        other_unit_id
    from {{ ref('int_core__match_edges') }}

),

match_profiles as (

    select
        unit_id,
        work_email
    from {{ ref('int_core__match_profiles') }}
    where work_email is not null

),

match_phones as (

    select * from {{ ref('int_core__match_phones') }}

),

match_units as (

    select
        person_record_id,
        unit_id
    from {{ ref('int_core__match_units') }}

),

distinct_decisions as (

    select
        person_record_id,
        other_person_record_id
    from {{ ref('int_core__match_decisions') }}
    where decision = 'distinct'

),

candidate_pairs as (

    select
        unit_id,
        other_unit_id
    from {{ ref('int_core__candidate_pairs') }}
    where phone_level = 'household'

),

joinable_units as (

    select unit_id from match_edges
    union
    select other_unit_id as unit_id from match_edges

),

match_barriers as (

    select
        joinable_units.unit_id,
        'work_email' as trait,
        match_profiles.work_email as trait_value
    from joinable_units
    inner join match_profiles
        on joinable_units.unit_id = match_profiles.unit_id
    union
    select
        joinable_units.unit_id,
        'phone' as trait,
        match_phones.own_phone as trait_value
    from joinable_units
    inner join match_phones
        on joinable_units.unit_id = match_phones.unit_id
    union
    select
        match_units.unit_id,
        'distinct' as trait,
        other_units.unit_id as trait_value
    from distinct_decisions
    inner join match_units
        on distinct_decisions.person_record_id = match_units.person_record_id
    inner join match_units as other_units
        on distinct_decisions.other_person_record_id = other_units.person_record_id
    union
    select
        unit_id,
        'household' as trait,
        other_unit_id as trait_value
    from candidate_pairs

)

select * from match_barriers
