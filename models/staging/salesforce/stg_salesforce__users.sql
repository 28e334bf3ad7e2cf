-- Grain: one row per user.

with

users as (

    select * from {{ source('salesforce', 'user') }}

),

renamed as (

    select
        {{ source_key('salesforce', 'id') }} as user_id,
        'salesforce' as source,
        coalesce(
            {{ clean_text('name') }},
            nullif(concat_ws(' ', trim(first_name), trim(last_name)), ''),
            {{ clean_text('username') }}
        ) as user_name,
        {{ normalise_email('email') }} as email,
        lower({{ clean_text('title') }}) as role,
        coalesce({{ clean_text('division') }}, {{ clean_text('department') }}) as team,
        {{ clean_text('time_zone_sid_key') }} as time_zone,
        coalesce(is_active, true)
        and not {{ is_removed() }} as is_active
    from users

)

select * from renamed
