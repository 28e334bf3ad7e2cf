-- Grain: one row per user of any source.

{{ config(materialized='view') }}

with

generic_users as (

    select * from {{ ref('stg_generic__users') }}

),

salesforce_users as (

    select * from {{ ref('stg_salesforce__users') }}

),

users as (

    select * from generic_users
    union all
    select * from salesforce_users

)

select * from users
