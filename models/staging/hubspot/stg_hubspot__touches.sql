-- Grain: one row per click in an e-mail or form sent.
-- The page's query string tells where a click or a form came from.

with

clicks as (

    select
        email_event_id,
        person_record_id,
        campaign_id,
        occurred_at
    from {{ ref('stg_hubspot__email_events') }}
    where event_type = 'click'

),

click_urls as (

    select
        {{ source_key('hubspot', 'id') }} as email_event_id,
        {{ clean_text('url') }} as landing_page
    from {{ source('hubspot', 'email_event_click') }}

),

submissions as (

    select
        -- One conversion id may stand for several forms or contacts.
        {{ source_key(
            'hubspot',
            "concat_ws('-', conversion_id, contact_id, form_id, "
            ~ "cast(sent_forms.timestamp as string))"
        ) }} as touchpoint_id,
        {{ source_key('hubspot', 'contact_id') }} as person_record_id,
        {{ clean_text('page_url') }} as landing_page,
        sent_forms.timestamp as touched_at
    from {{ source('hubspot', 'contact_form_submission') }} as sent_forms

),

touches as (

    select
        clicks.email_event_id as touchpoint_id,
        clicks.person_record_id,
        clicks.campaign_id,
        'email_click' as touch_type,
        click_urls.landing_page,
        clicks.occurred_at as touched_at
    from clicks
    left join click_urls on clicks.email_event_id = click_urls.email_event_id
    union all
    select
        touchpoint_id,
        person_record_id,
        cast(null as string) as campaign_id,
        'form_submit' as touch_type,
        landing_page,
        touched_at
    from submissions

),

renamed as (

    select
        touchpoint_id,
        'hubspot' as source,
        person_record_id,
        cast(null as string) as anonymous_id,
        campaign_id,
        touch_type,
        cast(null as string) as given_channel,
        {{ query_parameter('landing_page', 'utm_source') }} as utm_source,
        {{ query_parameter('landing_page', 'utm_medium') }} as utm_medium,
        {{ query_parameter('landing_page', 'utm_campaign') }} as utm_campaign,
        {{ query_parameter('landing_page', 'utm_content') }} as utm_content,
        {{ query_parameter('landing_page', 'utm_term') }} as utm_term,
        {{ click_id_type('landing_page') }} as click_id_type,
        cast(null as string) as referrer_host,
        false as is_internal_referrer,
        landing_page,
        cast(null as string) as variant,
        touched_at
    from touches
    where touched_at is not null

)

select * from renamed
