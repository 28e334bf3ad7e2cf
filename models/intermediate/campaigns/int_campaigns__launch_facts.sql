-- Grain: one row per campaign, with all that its launch checks go by.
-- What any system holds under a link name counts for each of the campaigns of it.

with

campaigns as (

    select
        campaign_id,
        campaign_name,
        is_name_compliant
    from {{ ref('dim_campaigns') }}

),

campaign_links as (

    select * from {{ ref('int_campaigns__campaign_links') }}

),

campaign_records as (

    select
        campaign_id,
        utm_campaign,
        owner_id,
        budget
    from {{ ref('int_campaigns__campaign_records') }}

),

reps as (

    select rep_id
    from {{ ref('dim_reps') }}

),

launch_counts as (

    select
        *,
        sum(page_visits) over () > 0 as has_page_tracking
    from {{ ref('int_campaigns__launch_counts') }}

),

declarations as (

    select
        campaign_links.link_campaign,
        max(campaign_records.utm_campaign) as utm_campaign,
        max(case when campaign_records.budget > 0 then campaign_records.budget end)
            as budget,
        max(reps.rep_id) as rep_id,
        max(campaign_records.owner_id) as owner_id
    from campaign_links
    inner join campaign_records
        on campaign_links.campaign_id = campaign_records.campaign_id
    left join reps on campaign_records.owner_id = reps.rep_id
    group by campaign_links.link_campaign

),

launch_facts as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.is_name_compliant,
        declarations.utm_campaign,
        declarations.budget,
        declarations.rep_id,
        declarations.owner_id,
        launch_counts.tagged_touches,
        launch_counts.members,
        launch_counts.mails,
        launch_counts.page_visits,
        launch_counts.mapped_forms,
        launch_counts.unmapped_forms,
        launch_counts.has_page_tracking
    from campaigns
    inner join campaign_links on campaigns.campaign_id = campaign_links.campaign_id
    inner join declarations
        on campaign_links.link_campaign = declarations.link_campaign
    inner join launch_counts
        on campaign_links.link_campaign = launch_counts.link_campaign

)

select * from launch_facts
