-- Grain: one row per advertising account of any platform.

with

google_accounts as (

    select * from {{ ref('stg_google_ads__ad_accounts') }}

),

linkedin_accounts as (

    select * from {{ ref('stg_linkedin_ads__ad_accounts') }}

),

meta_accounts as (

    select * from {{ ref('stg_meta_ads__ad_accounts') }}

),

microsoft_accounts as (

    select * from {{ ref('stg_microsoft_ads__ad_accounts') }}

),

ad_accounts as (

    select * from google_accounts
    union all
    select * from linkedin_accounts
    union all
    select * from meta_accounts
    union all
    select * from microsoft_accounts

)

select * from ad_accounts
