-- Grain: one row per account record of any source, deleted ones too.

{{ config(materialized='view') }}

with

generic_accounts as (

    select * from {{ ref('stg_generic__accounts') }}

),

salesforce_accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}

),

account_records as (

    select * from generic_accounts
    union all
    select * from salesforce_accounts

)

select * from account_records
