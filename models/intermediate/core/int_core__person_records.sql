-- Grain: one row per person record of any source, deleted ones too.

with

generic_people as (

    select * from {{ ref('stg_generic__people') }}

),

salesforce_people as (

    select * from {{ ref('stg_salesforce__people') }}

),

person_records as (

    select * from generic_people
    union all
    select * from salesforce_people

)

select * from person_records
