-- Grain: one row per campaign, currency and day that a platform reports by ad group.

{{ config(materialized='view') }}

with

google_days as (

    select * from {{ ref('stg_google_ads__ad_group_days') }}

),

microsoft_days as (

    select * from {{ ref('stg_microsoft_ads__ad_group_days') }}

),

ad_group_reports as (

    select * from google_days
    union all
    select * from microsoft_days

)

select * from ad_group_reports
