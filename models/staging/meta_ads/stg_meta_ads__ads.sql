-- Grain: one row per ad, as its latest version states it. An ad that does not name its
-- campaign belongs to that of its ad set.

with

ad_history as (

    select * from {{ source('meta_ads', 'ad_history') }}
    where {{ clean_text('id') }} is not null

),

ad_set_history as (

    select * from {{ source('meta_ads', 'ad_set_history') }}
    where {{ clean_text('id') }} is not null

),

latest_ads as (

    select *
    from ad_history
    qualify row_number() over (
        partition by trim(id)
        order by
            updated_time desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

latest_ad_sets as (

    select *
    from ad_set_history
    qualify row_number() over (
        partition by trim(id)
        order by
            updated_time desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

ads as (

    select
        {{ source_key('meta_ads', 'latest_ads.id') }} as ad_id,
        coalesce(
            {{ source_key('meta_ads', 'latest_ads.account_id') }},
            {{ source_key('meta_ads', 'latest_ad_sets.account_id') }}
        ) as ad_account_id,
        coalesce(
            {{ source_key('meta_ads', 'latest_ads.campaign_id') }},
            {{ source_key('meta_ads', 'latest_ad_sets.campaign_id') }}
        ) as campaign_id
    from latest_ads
    left join latest_ad_sets
        on trim(latest_ads.ad_set_id) = trim(latest_ad_sets.id)

)

select * from ads
