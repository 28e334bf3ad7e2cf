-- Grain: one row per ad, day and type of action.
-- Types overlap (lead holds the leads of the pixel too), so they never add up.

with

actions as (

    select
        {{ source_key('meta_ads', 'ad_id') }} as ad_id,
        {{ clean_text('action_type') }} as conversion_name,
        value as conversions,
        cast(null as decimal(28, 6)) as conversion_value,
        date as stat_date
    from {{ source('meta_ads', 'basic_ad_actions') }}

),

action_values as (

    select
        {{ source_key('meta_ads', 'ad_id') }} as ad_id,
        {{ clean_text('action_type') }} as conversion_name,
        cast(null as decimal(28, 6)) as conversions,
        value as conversion_value,
        date as stat_date
    from {{ source('meta_ads', 'basic_ad_action_values') }}

),

ads as (

    select * from {{ ref('stg_meta_ads__ads') }}

),

ad_days as (

    select
        ad_id,
        ad_account_id,
        campaign_id,
        stat_date
    from {{ ref('stg_meta_ads__ad_days') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_meta_ads__ad_accounts') }}

),

action_days as (

    select * from actions
    union all
    select * from action_values

),

ad_actions as (

    select
        ad_id,
        conversion_name,
        cast(sum(conversions) as decimal(28, 6)) as conversions,
        cast(sum(conversion_value) as decimal(28, 6)) as conversion_value,
        stat_date
    from action_days
    group by
        ad_id,
        conversion_name,
        stat_date

),

conversions as (

    select
        'meta_ads' as source,
        'ad' as level,
        coalesce(ad_days.ad_account_id, ads.ad_account_id) as ad_account_id,
        coalesce(ad_days.campaign_id, ads.campaign_id) as campaign_id,
        ad_actions.ad_id,
        accounts.currency,
        ad_actions.conversion_name,
        ad_actions.conversions,
        ad_actions.conversion_value,
        ad_actions.stat_date
    from ad_actions
    left join ads
        on ad_actions.ad_id = ads.ad_id
    left join ad_days
        on
            ad_actions.ad_id = ad_days.ad_id
            and ad_actions.stat_date = ad_days.stat_date
    left join accounts
        on
            coalesce(ad_days.ad_account_id, ads.ad_account_id)
            = accounts.ad_account_id

)

select * from conversions
