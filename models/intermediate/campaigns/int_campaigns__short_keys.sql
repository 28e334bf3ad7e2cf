-- Grain: one row per Salesforce id of 15 characters that tells one person record.

{{ config(materialized='view') }}

with

people as (

    select person_record_id
    from {{ ref('stg_salesforce__people') }}

),

short_keys as (

    {{ short_keys('people', 'person_record_id') }}

)

select * from short_keys
