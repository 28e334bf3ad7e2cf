-- Grain: one row per touch.
-- The source's own UTM values stand; the landing page's query string fills empty ones.

with

touches as (

    select * from {{ source('generic', 'touches') }}

),

renamed as (

    select
        {{ source_key('generic', 'touch_id') }} as touchpoint_id,
        'generic' as source,
        {{ source_key('generic', 'person_id') }} as person_record_id,
        {{ clean_text('anonymous_id') }} as anonymous_id,
        {{ source_key('generic', 'campaign_id') }} as campaign_id,
        lower(trim(touch_type)) as touch_type,
        {{ snake_case('channel') }} as given_channel,
        coalesce(
            {{ clean_text('utm_source') }},
            {{ query_parameter('landing_page', 'utm_source') }}
        ) as utm_source,
        coalesce(
            {{ clean_text('utm_medium') }},
            {{ query_parameter('landing_page', 'utm_medium') }}
        ) as utm_medium,
        coalesce(
            {{ clean_text('utm_campaign') }},
            {{ query_parameter('landing_page', 'utm_campaign') }}
        ) as utm_campaign,
        coalesce(
            {{ clean_text('utm_content') }},
            {{ query_parameter('landing_page', 'utm_content') }}
        ) as utm_content,
        coalesce(
            {{ clean_text('utm_term') }},
            {{ query_parameter('landing_page', 'utm_term') }}
        ) as utm_term,
        {{ click_id_type('landing_page') }} as click_id_type,
        {{ url_host('referrer') }} as referrer_host,
        {{ is_internal_referrer('referrer', 'landing_page') }} as is_internal_referrer,
        {{ clean_text('landing_page') }} as landing_page,
        {{ clean_text('variant') }} as variant,
        touched_at
    from touches

)

select * from renamed
