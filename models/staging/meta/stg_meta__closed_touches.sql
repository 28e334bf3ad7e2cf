-- Grain: one row per closing and touch that could earn credit in its month, as it was
-- known by then.

with

closed_touches as (

    select * from {{ source('raw_meta', 'closed_touches') }}

),

renamed as (

    select
        closing_id,
        touchpoint_id,
        person_id,
        account_id,
        channel,
        is_marketing,
        is_direct,
        is_sales,
        touched_at
    from closed_touches

)

select * from renamed
