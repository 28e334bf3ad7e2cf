-- Grain: one row per campaign of any source, with the campaign that stands for all of
-- its name. The money stands under the platform's campaign, the touch under the CRM's:
-- one name in several systems is one campaign, unless a system has it twice.

with

campaigns as (

    select
        campaign_id,
        source,
        {{ campaign_name_key('campaign_name') }} as name_key
    from {{ ref('dim_campaigns') }}

),

shared_names as (

    select
        name_key,
        min(campaign_id) as campaign_key
    from campaigns
    where name_key is not null
    group by name_key
    having count(*) = count(distinct source)

),

campaign_keys as (

    select
        campaigns.campaign_id,
        campaigns.name_key,
        coalesce(shared_names.campaign_key, campaigns.campaign_id) as campaign_key
    from campaigns
    left join shared_names
        on campaigns.name_key = shared_names.name_key

)

select * from campaign_keys
