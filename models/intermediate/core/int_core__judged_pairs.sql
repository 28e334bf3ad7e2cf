-- Grain: one row per pair of person records that matching or somebody has judged, with
-- what became of them and why.

with

candidate_pairs as (

    select * from {{ ref('int_core__candidate_pairs') }}

),

match_decisions as (

    select * from {{ ref('int_core__match_decisions') }}

),

hard_negatives as (

    select * from {{ ref('int_core__hard_negatives') }}

),

person_clusters as (

    select
        person_record_id,
        person_id
    from {{ ref('int_core__person_clusters') }}

),

match_limits as (

    select * from {{ ref('int_core__match_limits') }}

),

all_pairs as (

    select
        person_record_id,
        other_person_record_id
    from candidate_pairs
    union
    select
        person_record_id,
        other_person_record_id
    from match_decisions

),

compared_pairs as (

    select
        all_pairs.person_record_id,
        all_pairs.other_person_record_id,
        person_clusters.person_id,
        other_clusters.person_id as other_person_id,
        match_decisions.decision_id,
        candidate_pairs.match_probability,
        match_decisions.decision,
        match_limits.merge_probability,
        match_limits.review_probability,
        person_clusters.person_id = other_clusters.person_id as is_one_person,
        hard_negatives.unit_id is not null as is_hard_negative,
        coalesce(candidate_pairs.phone_level = 'household', false) as is_household,
        candidate_pairs.first_name_level in ('same', 'alike')
        and candidate_pairs.last_name_level in ('same', 'alike') as is_same_name
    from all_pairs
    inner join person_clusters
        on all_pairs.person_record_id = person_clusters.person_record_id
    inner join person_clusters as other_clusters
        on all_pairs.other_person_record_id = other_clusters.person_record_id
    left join candidate_pairs
        on
            all_pairs.person_record_id = candidate_pairs.person_record_id
            and all_pairs.other_person_record_id
            = candidate_pairs.other_person_record_id
    left join match_decisions
        on
            all_pairs.person_record_id = match_decisions.person_record_id
            and all_pairs.other_person_record_id
            = match_decisions.other_person_record_id
    left join hard_negatives
        on
            candidate_pairs.unit_id = hard_negatives.unit_id
            and candidate_pairs.other_unit_id = hard_negatives.other_unit_id
    cross join match_limits

),

judged_pairs as (

    select
        person_record_id,
        other_person_record_id,
        person_id,
        other_person_id,
        decision_id,
        match_probability,
        case
            when is_one_person then 'merged'
            when decision = 'distinct' then 'distinct'
            when decision = 'merge' then 'review'
            when is_hard_negative and is_same_name then 'review'
            when match_probability >= review_probability then 'review'
            else 'distinct'
        end as outcome,
        case
            when is_one_person and decision = 'merge' then 'decided'
            when is_one_person and match_probability >= merge_probability
                then 'probable'
            when is_one_person then 'through_another_record'
            when decision = 'distinct' then 'decided'
            when decision = 'merge' then 'contradicting_decisions'
            when is_hard_negative then 'other_work_address'
            when is_household then 'one_household'
            when match_probability >= merge_probability
                then 'barred_by_another_record'
            when match_probability >= review_probability then 'uncertain'
            else 'improbable'
        end as reason
    from compared_pairs

)

select * from judged_pairs
