-- Grain: one row per pair of person records that may be one person, or on which
-- somebody has decided: what became of them, why, and how well each field agrees. The
-- fields' own values stay in the records.

with

judged_pairs as (

    select * from {{ ref('int_core__judged_pairs') }}

),

candidate_pairs as (

    select * from {{ ref('int_core__candidate_pairs') }}

),

person_records as (

    select
        person_record_id,
        source,
        record_id
    from {{ ref('int_core__person_records') }}

),

duplicate_candidates as (

    select
        judged_pairs.person_record_id,
        judged_pairs.other_person_record_id,
        person_records.source,
        person_records.record_id,
        other_records.source as other_source,
        other_records.record_id as other_record_id,
        judged_pairs.person_id,
        judged_pairs.other_person_id,
        judged_pairs.decision_id,
        judged_pairs.outcome,
        judged_pairs.reason,
        candidate_pairs.first_name_level as first_name_agreement,
        candidate_pairs.last_name_level as last_name_agreement,
        candidate_pairs.email_level as email_agreement,
        candidate_pairs.phone_level as phone_agreement,
        candidate_pairs.company_level as company_agreement,
        candidate_pairs.title_level as title_agreement,
        candidate_pairs.postal_code_level as postal_code_agreement,
        candidate_pairs.region_level as region_agreement,
        judged_pairs.match_probability,
        candidate_pairs.first_name_bits,
        candidate_pairs.last_name_bits,
        candidate_pairs.email_bits,
        candidate_pairs.phone_bits,
        candidate_pairs.company_bits,
        candidate_pairs.title_bits,
        candidate_pairs.postal_code_bits,
        candidate_pairs.region_bits
    from judged_pairs
    inner join person_records
        on judged_pairs.person_record_id = person_records.person_record_id
    inner join person_records as other_records
        on judged_pairs.other_person_record_id = other_records.person_record_id
    left join candidate_pairs
        on
            judged_pairs.person_record_id = candidate_pairs.person_record_id
            and judged_pairs.other_person_record_id
            = candidate_pairs.other_person_record_id

)

select * from duplicate_candidates
