-- Grain: one row per closing, conversion of its month, attribution model and touch
-- that it credited; without the touch where its person was erased.

with

closed_credits as (

    select * from {{ source('raw_meta', 'closed_credits') }}

),

renamed as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        attribution_model,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        weight,
        credit_usd
    from closed_credits

)

select * from renamed
