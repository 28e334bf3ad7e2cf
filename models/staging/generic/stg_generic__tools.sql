-- Grain: one row per tool.

with

tools as (

    select * from {{ source('generic', 'tools') }}

),

renamed as (

    select
        {{ source_key('generic', 'tool_id') }} as tool_id,
        'generic' as source,
        trim(tool_id) as record_id,
        {{ clean_text('name') }} as tool_name,
        {{ snake_case('category') }} as category,
        {{ clean_text('owner') }} as tool_owner,
        coalesce(is_critical, false) as is_critical,
        {{ clean_text('feeds_tool_ids') }} as feeds_record_ids
    from tools

)

select * from renamed
