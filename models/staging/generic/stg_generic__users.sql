-- Grain: one row per user.

with

users as (

    select * from {{ source('generic', 'users') }}

),

renamed as (

    select
        {{ source_key('generic', 'user_id') }} as user_id,
        'generic' as source,
        {{ clean_text('name') }} as user_name,
        {{ normalise_email('email') }} as email,
        lower({{ clean_text('role') }}) as role,
        {{ clean_text('team') }} as team,
        {{ clean_text('time_zone') }} as time_zone,
        coalesce(is_active, true) as is_active
    from users

)

select * from renamed
