-- Grain: one row per account, currency and day that a platform reports by account.

{{ config(materialized='view') }}

with

google_days as (

    select * from {{ ref('stg_google_ads__account_days') }}

),

microsoft_days as (

    select * from {{ ref('stg_microsoft_ads__account_days') }}

),

account_reports as (

    select * from google_days
    union all
    select * from microsoft_days

)

select * from account_reports
