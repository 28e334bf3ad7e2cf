-- Grain: one row per campaign, currency and day that a platform reports by campaign.

{{ config(materialized='view') }}

with

google_days as (

    select * from {{ ref('stg_google_ads__campaign_days') }}

),

linkedin_days as (

    select * from {{ ref('stg_linkedin_ads__campaign_days') }}

),

meta_days as (

    select * from {{ ref('stg_meta_ads__campaign_days') }}

),

microsoft_days as (

    select * from {{ ref('stg_microsoft_ads__campaign_days') }}

),

campaign_reports as (

    select * from google_days
    union all
    select * from linkedin_days
    union all
    select * from meta_days
    union all
    select * from microsoft_days

)

select * from campaign_reports
