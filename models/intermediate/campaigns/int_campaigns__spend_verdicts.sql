-- Grain: one row per spend day, with whether better figures of the platform take its
-- place.
-- Media cost in a generic file for a campaign and day that the platform itself reports
-- is the same money once more: by the campaign's key, by the id that the platform gives
-- it, which a file may have bare, or, without such an id, by its name in any case. So
-- is a file from the platform's own screens beside what its connector lands, or beside
-- a better file of that kind; a row of one that names no campaign counts only on days
-- of which nothing else is known.

with

spend_days as (

    select
        *,
        coalesce(spend_level = 'exported', false) as is_exported,
        coalesce(split_part(campaign_id, ':', 1) = platform, false) as has_own_id,
        coalesce(campaign_id, lower(campaign_name)) as campaign_key,
        report_order = min(report_order) over (
            partition by
                source,
                platform,
                coalesce(campaign_id, lower(campaign_name)),
                spend_date
        ) as is_best_report
    from {{ ref('int_campaigns__spend_days') }}

),

platform_days as (

    select * from spend_days
    where source != 'generic'

),

reported_campaigns as (

    select
        platform,
        campaign_id,
        bool_or(not is_exported) as is_landed,
        spend_date
    from platform_days
    where campaign_id is not null
    group by
        platform,
        campaign_id,
        spend_date

),

reported_names as (

    select
        platform,
        lower(campaign_name) as campaign_name,
        bool_or(has_own_id or not is_exported) as has_own_id,
        spend_date
    from platform_days
    where
        campaign_name is not null
        and (campaign_id is not null or is_exported)
    group by
        platform,
        lower(campaign_name),
        spend_date

),

reported_days as (

    select
        platform,
        spend_date
    from platform_days
    where campaign_key is not null
    group by
        platform,
        spend_date

),

spend_verdicts as (

    select
        spend_days.*,
        case
            when spend_days.is_exported and spend_days.campaign_key is null
                then
                    reported_days.platform is not null or not spend_days.is_best_report
            when spend_days.is_exported
                then
                    coalesce(reported_campaigns.is_landed, false)
                    or coalesce(reported_names.has_own_id, false)
                    or not spend_days.is_best_report
            else
                spend_days.source = 'generic'
                and spend_days.cost_type = 'media'
                and (
                    reported_campaigns.campaign_id is not null
                    or reported_names.campaign_name is not null
                )
        end as is_superseded
    from spend_days
    left join reported_campaigns
        on
            spend_days.platform = reported_campaigns.platform
            and replace(
                spend_days.campaign_id, 'generic:', spend_days.platform || ':'
            ) = reported_campaigns.campaign_id
            and spend_days.spend_date = reported_campaigns.spend_date
    left join reported_names
        on
            not spend_days.has_own_id
            and spend_days.platform = reported_names.platform
            and lower(spend_days.campaign_name) = reported_names.campaign_name
            and spend_days.spend_date = reported_names.spend_date
    left join reported_days
        on
            spend_days.platform = reported_days.platform
            and spend_days.spend_date = reported_days.spend_date

)

select * from spend_verdicts
