-- Grain: one row per contract of a tool, as landed.

with

tool_contracts as (

    select * from {{ source('generic', 'tool_contracts') }}

),

renamed as (

    select
        {{ source_key('generic', 'tool_id') }} as tool_id,
        'generic' as source,
        annual_cost,
        upper({{ clean_text('currency') }}) as currency,
        seats,
        starts_on,
        ends_on
    from tool_contracts

)

select * from renamed
