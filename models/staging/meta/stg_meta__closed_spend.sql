-- Grain: one row per closing, channel and currency of money spent in its month.

with

closed_spend as (

    select * from {{ source('raw_meta', 'closed_spend') }}

),

renamed as (

    select
        closing_id,
        channel,
        currency,
        spend_amount,
        spend_usd
    from closed_spend

)

select * from renamed
