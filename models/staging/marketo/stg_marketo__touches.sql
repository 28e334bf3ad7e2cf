-- Grain: one row per form sent, visit, click in an e-mail or program joined.
-- The query string of the page tells where a touch came from.

with

form_fills as (

    select * from {{ source('marketo', 'activity_fill_out_form') }}

),

clicks as (

    select * from {{ source('marketo', 'activity_click_email') }}

),

web_visits as (

    select * from {{ ref('stg_marketo__web_visits') }}

),

program_responses as (

    select * from {{ ref('stg_marketo__program_responses') }}

),

campaigns as (

    select * from {{ source('marketo', 'campaign') }}

),

activities as (

    select
        id,
        lead_id,
        campaign_id,
        cast(null as string) as program_id,
        'form_submit' as touch_type,
        -- A form that stands in a page of ours is sent with that page as its referrer.
        coalesce(referrer_url, '')
        || coalesce('?' || query_parameters, '') as landing_page,
        cast(null as string) as referrer_url,
        activity_date
    from form_fills
    union all
    select
        id,
        lead_id,
        campaign_id,
        cast(null as string) as program_id,
        'email_click' as touch_type,
        link as landing_page,
        cast(null as string) as referrer_url,
        activity_date
    from clicks
    union all
    select
        id,
        lead_id,
        campaign_id,
        cast(null as string) as program_id,
        'web_session' as touch_type,
        coalesce(webpage_url, '')
        || coalesce('?' || query_parameters, '') as landing_page,
        referrer_url,
        activity_date
    from web_visits
    union all
    select
        id,
        lead_id,
        cast(null as string) as campaign_id,
        program_id,
        case
            when has_succeeded then 'campaign_response' else 'campaign_member'
        end as touch_type,
        cast(null as string) as landing_page,
        cast(null as string) as referrer_url,
        activity_date
    from program_responses

),

renamed as (

    select
        {{ source_key('marketo', 'activities.id') }} as touchpoint_id,
        'marketo' as source,
        {{ source_key('marketo', 'activities.lead_id') }} as person_record_id,
        cast(null as string) as anonymous_id,
        {{ source_key(
            'marketo', 'coalesce(activities.program_id, campaigns.program_id)'
        ) }} as campaign_id,
        activities.touch_type,
        cast(null as string) as given_channel,
        {{ query_parameter('activities.landing_page', 'utm_source') }} as utm_source,
        {{ query_parameter('activities.landing_page', 'utm_medium') }} as utm_medium,
        {{ query_parameter('activities.landing_page', 'utm_campaign') }}
            as utm_campaign,
        {{ query_parameter('activities.landing_page', 'utm_content') }} as utm_content,
        {{ query_parameter('activities.landing_page', 'utm_term') }} as utm_term,
        {{ click_id_type('activities.landing_page') }} as click_id_type,
        {{ url_host('activities.referrer_url') }} as referrer_host,
        {{ is_internal_referrer(
            'activities.referrer_url', 'activities.landing_page'
        ) }} as is_internal_referrer,
        {{ clean_text('activities.landing_page') }} as landing_page,
        cast(null as string) as variant,
        activities.activity_date as touched_at
    from activities
    left join campaigns on trim(activities.campaign_id) = trim(campaigns.id)
    where activities.activity_date is not null

)

select * from renamed
