-- Grain: one row per seat of a tool and its holder, as landed.

with

tool_users as (

    select * from {{ source('generic', 'tool_users') }}

),

renamed as (

    select
        {{ source_key('generic', 'tool_id') }} as tool_id,
        {{ source_key('generic', 'user_id') }} as user_id,
        'generic' as source,
        granted_on,
        last_active_on
    from tool_users

)

select * from renamed
