-- Grain: one row per conversion, model by positions and touchpoint that it credits.
-- A build makes the credits of the journeys that changed, and leaves the others.

{{ config(
    materialized='incremental',
    incremental_strategy=journeys_strategy(),
    on_schema_change='append_new_columns',
    post_hook="{{ drop_stale_journeys() }}"
) }}

with

new_journeys as (

    select
        conversion_key,
        journey_print
    from {{ ref('int_attribution__journeys') }}
    where {{ is_new_journey() }}

),

conversions as (

    select * from {{ ref('int_attribution__conversions') }}

),

journey_positions as (

    select
        conversion_key,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        shape,
        positions_held,
        journey_print,
        decay_share,
        role_weight,
        is_role_weighted
    from {{ ref('int_attribution__journey_positions') }}

),

shape_weights as (

    select * from {{ ref('int_attribution__shape_weights') }}
    where fixed_weight > 0 or decay_weight > 0

),

touch_weights as (

    select
        new_journeys.conversion_key,
        new_journeys.journey_print,
        conversions.conversion_type,
        conversions.conversion_id,
        conversions.account_id,
        conversions.segment,
        conversions.amount_usd,
        conversions.converted_at,
        journey_positions.touchpoint_id,
        journey_positions.person_id,
        journey_positions.campaign_id,
        journey_positions.channel,
        journey_positions.role_weight,
        journey_positions.is_role_weighted,
        shape_weights.attribution_model,
        shape_weights.fixed_weight
        + shape_weights.decay_weight * journey_positions.decay_share as weight
    from new_journeys
    inner join conversions
        on new_journeys.conversion_key = conversions.conversion_key
    inner join journey_positions
        on
            new_journeys.conversion_key = journey_positions.conversion_key
            and new_journeys.journey_print = journey_positions.journey_print
    inner join shape_weights
        on
            journey_positions.shape = shape_weights.shape
            and journey_positions.positions_held = shape_weights.positions_held

),

{{ weighed_by_role('touch_weights') }},

position_credits as (

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
        cast(credited_weight as double) as weight,
        credit_usd,
        converted_at,
        journey_print
    from weighed_by_role

)

select * from position_credits
