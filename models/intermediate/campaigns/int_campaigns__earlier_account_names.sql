-- Grain: one row per advertising account of any platform and name that it has or had.

{{ config(materialized='view') }}

with

google_names as (

    select * from {{ ref('stg_google_ads__ad_account_names') }}

),

linkedin_names as (

    select * from {{ ref('stg_linkedin_ads__ad_account_names') }}

),

meta_names as (

    select * from {{ ref('stg_meta_ads__ad_account_names') }}

),

microsoft_names as (

    select * from {{ ref('stg_microsoft_ads__ad_account_names') }}

),

earlier_names as (

    select * from google_names
    union all
    select * from linkedin_names
    union all
    select * from meta_names
    union all
    select * from microsoft_names

)

select * from earlier_names
