-- Grain: one row per person record of a golden person, deleted duplicates too.

with

person_records as (

    select * from {{ ref('int_core__person_records') }}

),

live_clusters as (

    select
        person_record_id,
        person_id,
        trust_rank,
        record_count,
        address_record_count,
        cluster_match_rule,
        cluster_match_probability
    from {{ ref('int_core__person_clusters') }}
    where is_live_person

),

tie_rules as (

    select
        person_record_id,
        tie_rule
    from {{ ref('int_core__tie_rules') }}

),

bridged_records as (

    select
        person_records.person_record_id,
        person_records.source,
        person_records.record_id,
        live_clusters.person_id,
        case
            when live_clusters.record_count = 1 then 'single'
            when tie_rules.tie_rule is not null then tie_rules.tie_rule
            when live_clusters.address_record_count > 1 then 'email'
            else coalesce(live_clusters.cluster_match_rule, 'email')
        end as match_rule,
        live_clusters.cluster_match_probability,
        live_clusters.trust_rank = 1 as is_master,
        person_records.is_deleted,
        not person_records.is_deleted
        and person_records.converted_contact_record_id is null
        and person_records.merged_into_record_id is null as is_standing,
        row_number() over (
            partition by live_clusters.person_id, person_records.source
            order by live_clusters.trust_rank
        ) as source_rank
    from live_clusters
    inner join person_records
        on live_clusters.person_record_id = person_records.person_record_id
    left join tie_rules
        on person_records.person_record_id = tie_rules.person_record_id

),

judged_records as (

    select
        person_record_id,
        source,
        record_id,
        person_id,
        match_rule,
        case
            when match_rule = 'probabilistic' then cluster_match_probability
            else cast(1 as double)
        end as match_probability,
        is_master,
        is_deleted,
        is_standing,
        -- Standing records have the first trust ranks, so those before one stand too.
        is_standing and source_rank > 1 as is_unmerged_duplicate
    from bridged_records

)

select * from judged_records
