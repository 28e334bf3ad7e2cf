-- Grain: one row per campaign's link name, with its touches, forms and e-mails.

with

launches as (

    select * from {{ ref('int_campaigns__launches') }}

),

campaign_links as (

    select * from {{ ref('int_campaigns__campaign_links') }}

),

touch_links as (

    select * from {{ ref('int_campaigns__touch_links') }}
    where link_campaign is not null

),

unmapped_forms as (

    select * from {{ ref('int_campaigns__unmapped_forms') }}

),

variant_mails as (

    select test_id
    from {{ ref('int_campaigns__variant_mails') }}
    where event_type = 'sent'

),

touches as (

    select
        touch_links.link_campaign,
        count_if(touch_links.has_campaign_link) as tagged_touches,
        count_if(
            touch_links.campaign_id is not null and touch_links.has_person
        ) as members,
        count_if(
            touch_links.has_landing_page
            and touch_links.touched_at >= launches.launched_at
        ) as page_visits,
        count_if(
            touch_links.touch_type = 'form_submit'
            and touch_links.touched_at >= launches.launched_at
        ) as mapped_forms
    from touch_links
    inner join launches on touch_links.link_campaign = launches.link_campaign
    group by touch_links.link_campaign

),

forms as (

    select
        unmapped_forms.link_campaign,
        count(*) as unmapped_forms
    from unmapped_forms
    inner join launches on unmapped_forms.link_campaign = launches.link_campaign
    where unmapped_forms.touched_at >= launches.launched_at
    group by unmapped_forms.link_campaign

),

mails as (

    select
        campaign_links.link_campaign,
        count(*) as mails
    from variant_mails
    inner join campaign_links on variant_mails.test_id = campaign_links.campaign_id
    group by campaign_links.link_campaign

),

launch_counts as (

    select
        launches.link_campaign,
        cast(coalesce(touches.tagged_touches, 0) as bigint) as tagged_touches,
        cast(coalesce(touches.members, 0) as bigint) as members,
        cast(coalesce(mails.mails, 0) as bigint) as mails,
        cast(coalesce(touches.page_visits, 0) as bigint) as page_visits,
        cast(coalesce(touches.mapped_forms, 0) as bigint) as mapped_forms,
        cast(coalesce(forms.unmapped_forms, 0) as bigint) as unmapped_forms
    from launches
    left join touches on launches.link_campaign = touches.link_campaign
    left join forms on launches.link_campaign = forms.link_campaign
    left join mails on launches.link_campaign = mails.link_campaign

)

select * from launch_counts
