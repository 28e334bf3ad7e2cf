-- Grain: one row per platform and name, in lower case, that tells one campaign of it.
-- A name of today comes before one that a campaign had, or that a part of it has.

with

campaigns as (

    select
        source,
        campaign_id,
        campaign_name,
        1 as name_rank
    from {{ ref('dim_campaigns') }}
    where campaign_name is not null

),

google_names as (

    select * from {{ ref('stg_google_ads__campaign_names') }}

),

linkedin_names as (

    select * from {{ ref('stg_linkedin_ads__campaign_names') }}

),

meta_names as (

    select * from {{ ref('stg_meta_ads__campaign_names') }}

),

microsoft_names as (

    select * from {{ ref('stg_microsoft_ads__campaign_names') }}

),

listed_names as (

    select * from google_names
    union all
    select * from linkedin_names
    union all
    select * from meta_names
    union all
    select * from microsoft_names

),

all_names as (

    select
        source,
        campaign_id,
        lower(campaign_name) as campaign_key,
        name_rank
    from campaigns
    union all
    select
        source,
        campaign_id,
        lower(campaign_name) as campaign_key,
        2 as name_rank
    from listed_names

),

best_names as (

    select *
    from all_names
    qualify
        name_rank = min(name_rank) over (partition by source, campaign_key)

),

campaign_names as (

    select
        source,
        campaign_key,
        max(campaign_id) as campaign_id
    from best_names
    group by
        source,
        campaign_key
    having count(distinct campaign_id) = 1

)

select * from campaign_names
