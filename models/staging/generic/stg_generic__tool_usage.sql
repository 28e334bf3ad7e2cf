-- Grain: one row per tool and month, as landed.

with

tool_usage as (

    select * from {{ source('generic', 'tool_usage') }}

),

renamed as (

    select
        {{ source_key('generic', 'tool_id') }} as tool_id,
        'generic' as source,
        cast(date_trunc('month', month) as date) as usage_month,
        active_users,
        records_written
    from tool_usage

)

select * from renamed
