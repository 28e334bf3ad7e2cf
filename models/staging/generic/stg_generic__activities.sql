-- Grain: one row per activity.

with

activities as (

    select * from {{ source('generic', 'activities') }}

),

renamed as (

    select
        {{ source_key('generic', 'activity_id') }} as activity_id,
        'generic' as source,
        {{ source_key('generic', 'person_id') }} as person_record_id,
        {{ source_key('generic', 'opportunity_id') }} as opportunity_id,
        {{ source_key('generic', 'user_id') }} as user_id,
        {{ snake_case('activity_type') }} as activity_type,
        coalesce(lower({{ clean_text('direction') }}), 'outbound') as direction,
        occurred_at
    from activities

)

select * from renamed
