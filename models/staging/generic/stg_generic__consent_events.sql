-- Grain: one row per consent given or withdrawn, as landed.

with

consent_events as (

    select * from {{ source('generic', 'consent_events') }}

),

renamed as (

    select
        {{ source_key('generic', 'person_id') }} as person_record_id,
        'generic' as source,
        {{ normalise_email('email') }} as email,
        {{ snake_case('channel') }} as channel,
        coalesce({{ snake_case('purpose') }}, 'all') as purpose,
        {{ snake_case('status') }} as status,
        {{ snake_case('lawful_basis') }} as lawful_basis,
        {{ clean_text('evidence') }} as evidence,
        occurred_at
    from consent_events

)

select * from renamed
