-- Decisions in force about a record that is not there: they do nothing. A key that was
-- mistyped is to be mended; one of a record that is gone may stay.

{{ config(severity='warn', group='core') }}

with

named_records as (

    select
        decision_id,
        person_record_id
    from {{ ref('match_decisions') }}
    where decided_on <= {{ reporting_date(as_of()) }}
    union all
    select
        decision_id,
        other_person_record_id as person_record_id
    from {{ ref('match_decisions') }}
    where decided_on <= {{ reporting_date(as_of()) }}

),

person_records as (

    select person_record_id
    from {{ ref('int_core__person_records') }}

)

select
    named_records.decision_id,
    named_records.person_record_id
from named_records
left join person_records
    on named_records.person_record_id = person_records.person_record_id
where person_records.person_record_id is null
