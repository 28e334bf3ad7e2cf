-- Grain: one row per pair of person records on which somebody has decided by as_of; the
-- latest decision on a pair stands.

with

match_decisions as (

    select
        decision_id,
        least(person_record_id, other_person_record_id) as person_record_id,
        greatest(person_record_id, other_person_record_id) as other_person_record_id,
        decision,
        decided_on
    from {{ ref('match_decisions') }}
    where decided_on <= {{ reporting_date(as_of()) }}

),

person_records as (

    select person_record_id
    from {{ ref('int_core__person_records') }}

),

standing_decisions as (

    select
        match_decisions.decision_id,
        match_decisions.person_record_id,
        match_decisions.other_person_record_id,
        match_decisions.decision,
        match_decisions.decided_on
    from match_decisions
    inner join person_records
        on match_decisions.person_record_id = person_records.person_record_id
    inner join person_records as other_records
        on match_decisions.other_person_record_id = other_records.person_record_id
    qualify row_number() over (
        partition by
            match_decisions.person_record_id, match_decisions.other_person_record_id
        order by match_decisions.decided_on desc, match_decisions.decision_id desc
    ) = 1

)

select * from standing_decisions
