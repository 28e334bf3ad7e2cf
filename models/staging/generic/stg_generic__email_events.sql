-- Grain: one row per event of an e-mail and recipient.

with

email_events as (

    select * from {{ source('generic', 'email_events') }}

),

renamed as (

    select
        {{ source_key('generic', 'email_event_id') }} as email_event_id,
        'generic' as source,
        {{ source_key('generic', 'person_id') }} as person_record_id,
        {{ normalise_email('email') }} as email,
        {{ source_key('generic', 'campaign_id') }} as campaign_id,
        {{ snake_case('event_type') }} as event_type,
        {{ snake_case('bounce_type') }} as bounce_type,
        {{ clean_text('variant') }} as variant,
        occurred_at
    from email_events

)

select * from renamed
