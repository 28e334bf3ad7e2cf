-- Grain: one row per touch, with the campaign that its id or else its link tells.
-- A link tells a campaign where one alone has its utm_campaign, else its name.

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

touch_records as (

    select
        touchpoint_id,
        anonymous_id,
        variant,
        has_landing_page
    from {{ ref('int_campaigns__touch_records') }}

),

touch_types as (

    select
        touch_type,
        is_response
    from {{ ref('touch_types') }}

),

campaign_links as (

    select * from {{ ref('int_campaigns__campaign_links') }}

),

best_links as (

    select *
    from campaign_links
    qualify
        row_number() over (
            partition by link_campaign
            order by case when has_own_utm then 1 else 2 end, campaign_id
        ) = 1

),

shared_links as (

    -- Two campaigns of one utm_campaign, or of one name where none has that.
    select link_campaign
    from campaign_links
    group by link_campaign
    having
        count_if(has_own_utm) > 1
        or (count_if(has_own_utm) = 0 and count(*) > 1)

),

links as (

    select
        best_links.link_campaign,
        case
            when shared_links.link_campaign is null then best_links.campaign_id
        end as campaign_id
    from best_links
    left join shared_links on best_links.link_campaign = shared_links.link_campaign

),

touch_links as (

    select
        touchpoints.touchpoint_id,
        touchpoints.person_id is not null as has_person,
        {{ number_key('coalesce(touchpoints.person_id, touch_records.anonymous_id)') }}
            as subject_key,
        touchpoints.campaign_id,
        case
            when campaign_links.campaign_id is not null then 'id'
            when touchpoints.campaign_id is not null then 'unlisted_id'
            when links.campaign_id is not null then 'link'
            when touchpoints.utm_campaign is not null then 'unknown_link'
            else 'nothing'
        end as told_by,
        coalesce(
            touchpoints.campaign_id,
            links.campaign_id
        ) as told_campaign_id,
        case
            when campaign_links.campaign_id is not null
                then campaign_links.link_campaign
            when touchpoints.campaign_id is null then links.link_campaign
        end as link_campaign,
        touchpoints.touch_type,
        touch_records.variant,
        touchpoints.is_marketing
        and coalesce(touch_types.is_response, false) as is_response,
        touch_records.has_landing_page,
        links.link_campaign is not null as has_campaign_link,
        touchpoints.touched_at
    from touchpoints
    inner join touch_records
        on touchpoints.touchpoint_id = touch_records.touchpoint_id
    left join touch_types on touchpoints.touch_type = touch_types.touch_type
    left join campaign_links on touchpoints.campaign_id = campaign_links.campaign_id
    left join links on lower(touchpoints.utm_campaign) = links.link_campaign

)

select * from touch_links
