-- Grain: one row per person record that a conversion, merge or sync ties to another,
-- with the tie that speaks first: the record's own conversion, its own merge, then what
-- was converted or merged into it, and last a sync either way.

{{ config(materialized='view') }}

with

person_records as (

    select * from {{ ref('int_core__person_records') }}

),

crm_links as (

    select
        person_record_id,
        linked_record_id
    from {{ ref('int_core__crm_links') }}

),

known_links as (

    select crm_links.*
    from crm_links
    inner join person_records
        on crm_links.linked_record_id = person_records.person_record_id

),

ties as (

    select
        person_record_id,
        'converted' as tie_rule,
        1 as precedence
    from person_records
    where converted_contact_record_id is not null
    union all
    select
        person_record_id,
        'merged' as tie_rule,
        2 as precedence
    from person_records
    where merged_into_record_id is not null
    union all
    select
        converted_contact_record_id as person_record_id,
        'converted' as tie_rule,
        3 as precedence
    from person_records
    where converted_contact_record_id is not null
    union all
    select
        merged_into_record_id as person_record_id,
        'merged' as tie_rule,
        4 as precedence
    from person_records
    where merged_into_record_id is not null
    union all
    select
        person_record_id,
        'crm_link' as tie_rule,
        5 as precedence
    from known_links
    union all
    select
        linked_record_id as person_record_id,
        'crm_link' as tie_rule,
        6 as precedence
    from known_links

),

tie_rules as (

    select
        person_record_id,
        min_by(tie_rule, precedence) as tie_rule
    from ties
    group by person_record_id

)

select * from tie_rules
