-- Grain: one row per month and time that it was closed; a month that is closed again
-- is one more version.

with

closings as (

    select * from {{ source('raw_meta', 'closings') }}

),

renamed as (

    select
        closing_id,
        month,
        version,
        closed_by,
        as_of,
        reporting_currency,
        reporting_time_zone,
        attribution_lookback_days,
        closed_at
    from closings

)

select * from renamed
