-- Grain: one row per conversion, attribution model and touchpoint that it credits.
-- Weights sum to 1 per conversion and model, so credit equals pipeline and revenue.
-- A view, since what is by positions stays from build to build and what is by channels
-- does not. It names no database, so that it can be read where the file is attached
-- under another name.

{{ config(materialized='view') }}

with

position_credits as (

    select * from {{ ref('int_attribution__position_credits').include(database=false) }}

),

channel_credits as (

    select * from {{ ref('int_attribution__channel_credits').include(database=false) }}

),

attribution_credits as (

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
    from position_credits
    union all
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
    from channel_credits

)

select * from attribution_credits
