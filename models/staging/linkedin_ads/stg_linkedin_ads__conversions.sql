-- Grain: one row per level of report, campaign, ad, currency, day and kind of
-- conversion.
-- Kinds overlap, so they never add up; the value is that of the website's conversions.

with

report_rows as (

    select
        'campaign' as level,
        {{ source_key('linkedin_ads', 'campaign_id') }} as ad_group_id,
        cast(null as string) as ad_id,
        external_website_conversions,
        external_website_post_click_conversions,
        external_website_post_view_conversions,
        one_click_leads,
        one_click_lead_form_opens,
        conversion_value_in_local_currency,
        cast(day as date) as stat_date
    from {{ source('linkedin_ads', 'ad_analytics_by_campaign') }}
    union all
    select
        'ad' as level,
        cast(null as string) as ad_group_id,
        {{ source_key('linkedin_ads', 'creative_id') }} as ad_id,
        external_website_conversions,
        external_website_post_click_conversions,
        external_website_post_view_conversions,
        one_click_leads,
        one_click_lead_form_opens,
        conversion_value_in_local_currency,
        cast(day as date) as stat_date
    from {{ source('linkedin_ads', 'ad_analytics_by_creative') }}

),

ad_groups as (

    select * from {{ ref('stg_linkedin_ads__ad_groups') }}

),

ads as (

    select * from {{ ref('stg_linkedin_ads__ads') }}

),

kinds as (

    select kind_names.conversion_name
    from (
        values
        ('external_website_conversions'),
        ('external_website_post_click_conversions'),
        ('external_website_post_view_conversions'),
        ('one_click_leads'),
        ('one_click_lead_form_opens')
    ) as kind_names (conversion_name)

),

conversion_rows as (

    select
        report_rows.level,
        coalesce(ads.ad_account_id, ad_groups.ad_account_id) as ad_account_id,
        coalesce(ads.campaign_id, ad_groups.campaign_id, report_rows.ad_group_id)
            as campaign_id,
        report_rows.ad_id,
        coalesce(ads.currency, ad_groups.currency) as currency,
        kinds.conversion_name,
        case kinds.conversion_name
            when 'external_website_conversions'
                then report_rows.external_website_conversions
            when 'external_website_post_click_conversions'
                then report_rows.external_website_post_click_conversions
            when 'external_website_post_view_conversions'
                then report_rows.external_website_post_view_conversions
            when 'one_click_leads' then report_rows.one_click_leads
            when 'one_click_lead_form_opens' then report_rows.one_click_lead_form_opens
        end as conversions,
        case kinds.conversion_name
            when 'external_website_conversions'
                then report_rows.conversion_value_in_local_currency
        end as conversion_value,
        report_rows.stat_date
    from report_rows
    cross join kinds
    left join ad_groups
        on report_rows.ad_group_id = ad_groups.ad_group_id
    left join ads
        on report_rows.ad_id = ads.ad_id

),

conversions as (

    select
        'linkedin_ads' as source,
        level,
        ad_account_id,
        campaign_id,
        ad_id,
        currency,
        conversion_name,
        cast(sum(conversions) as decimal(28, 6)) as conversions,
        cast(sum(conversion_value) as decimal(28, 6)) as conversion_value,
        stat_date
    from conversion_rows
    group by
        level,
        ad_account_id,
        campaign_id,
        ad_id,
        currency,
        conversion_name,
        stat_date

)

select * from conversions
