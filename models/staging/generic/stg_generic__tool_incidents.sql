-- Grain: one row per incident of a tool, as landed.

with

tool_incidents as (

    select * from {{ source('generic', 'tool_incidents') }}

),

renamed as (

    select
        {{ source_key('generic', 'tool_id') }} as tool_id,
        'generic' as source,
        lower({{ clean_text('severity') }}) as severity,
        started_at,
        resolved_at
    from tool_incidents

)

select * from renamed
