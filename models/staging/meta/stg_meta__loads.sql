-- Grain: one row per file and landing.

with

loads as (

    select * from {{ source('raw_meta', 'loads') }}

),

renamed as (

    select
        source,
        table_name,
        file,
        rows_read,
        rows_landed,
        rows_rejected,
        loaded_at
    from loads

)

select * from renamed
