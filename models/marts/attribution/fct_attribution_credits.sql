-- Grain: one row per conversion, attribution model and touchpoint that it credits.
-- Weights sum to 1 per conversion and model, so credit equals pipeline and revenue.

{{ config(materialized='view') }}

with

position_credits as (

    select * from {{ ref('int_attribution__position_credits') }}

),

channel_credits as (

    select * from {{ ref('int_attribution__channel_credits') }}

),

all_credits as (

    select * from position_credits
    union all
    select * from channel_credits

),

credits as (

    select
        conversion_type,
        conversion_id,
        attribution_model,
        touchpoint_id,
        person_id,
        account_id,
        campaign_id,
        channel,
        segment,
        weight,
        credit_usd,
        converted_at
    from all_credits

)

select * from credits
