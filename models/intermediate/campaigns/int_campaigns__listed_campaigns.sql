-- Grain: one row per campaign that a source lists as such.

with

generic_campaigns as (

    select * from {{ ref('stg_generic__campaigns') }}

),

salesforce_campaigns as (

    select * from {{ ref('stg_salesforce__campaigns') }}

),

hubspot_campaigns as (

    select * from {{ ref('stg_hubspot__campaigns') }}

),

marketo_campaigns as (

    select * from {{ ref('stg_marketo__campaigns') }}

),

google_campaigns as (

    select * from {{ ref('stg_google_ads__campaigns') }}

),

linkedin_campaigns as (

    select * from {{ ref('stg_linkedin_ads__campaigns') }}

),

meta_campaigns as (

    select * from {{ ref('stg_meta_ads__campaigns') }}

),

microsoft_campaigns as (

    select * from {{ ref('stg_microsoft_ads__campaigns') }}

),

listed_campaigns as (

    select * from generic_campaigns
    union all
    select * from salesforce_campaigns
    union all
    select * from hubspot_campaigns
    union all
    select * from marketo_campaigns
    union all
    select * from google_campaigns
    union all
    select * from linkedin_campaigns
    union all
    select * from meta_campaigns
    union all
    select * from microsoft_campaigns

)

select * from listed_campaigns
