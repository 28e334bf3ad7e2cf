-- Grain: one row per row of a cost report that a platform's own screens export.

{{ config(materialized='view') }}

with

google_spend as (

    select * from {{ ref('stg_google_ads__export_spend') }}

),

linkedin_spend as (

    select * from {{ ref('stg_linkedin_ads__export_spend') }}

),

meta_spend as (

    select * from {{ ref('stg_meta_ads__export_spend') }}

),

microsoft_spend as (

    select * from {{ ref('stg_microsoft_ads__export_spend') }}

),

export_reports as (

    select * from google_spend
    union all
    select * from linkedin_spend
    union all
    select * from meta_spend
    union all
    select * from microsoft_spend

)

select * from export_reports
