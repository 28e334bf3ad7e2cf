-- Grain: one row per campaign of any source.

with

generic_campaigns as (

    select * from {{ ref('stg_generic__campaigns') }}

),

salesforce_campaigns as (

    select * from {{ ref('stg_salesforce__campaigns') }}

),

campaign_records as (

    select * from generic_campaigns
    union all
    select * from salesforce_campaigns

)

select * from campaign_records
