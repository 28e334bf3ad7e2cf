-- Grain: one row per lead or contact.

with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}

),

people as (

    select * from leads
    union all
    select * from contacts

)

select * from people
