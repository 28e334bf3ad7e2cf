-- Grain: one row per closing and conversion that was known by then.

with

closed_conversions as (

    select * from {{ source('raw_meta', 'closed_conversions') }}

),

renamed as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        person_id,
        account_id,
        segment,
        channel,
        currency,
        unattributed_reason,
        is_in_month,
        is_marketing_sourced,
        is_marketing_influenced,
        has_exchange_rate,
        amount,
        amount_usd,
        converted_at
    from closed_conversions

)

select * from renamed
