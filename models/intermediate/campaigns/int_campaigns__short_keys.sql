-- Grain: one row per Salesforce id of 15 characters that tells one person record.
-- Exports have ids of 15 or of 18 characters; the last three spell the case of the
-- others. An event may name a record in the form that the record is not landed in.

{{ config(materialized='view') }}

with

people as (

    select person_record_id
    from {{ ref('stg_salesforce__people') }}
    where length(person_record_id) in (26, 29)

),

short_keys as (

    select
        left(person_record_id, 26) as short_key,
        max(person_record_id) as person_record_id
    from people
    group by left(person_record_id, 26)
    having count(*) = 1

)

select * from short_keys
