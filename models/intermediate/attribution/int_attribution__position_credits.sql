-- Grain: one row per conversion, touchpoint and attribution model by positions that
-- credits it.
-- A build makes the journeys that changed, and leaves the others as they are.

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ drop_stale_journeys() }}"
) }}

with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}
    where {{ is_new_journey() }}

),

journey_positions as (

    select
        conversion_type,
        conversion_id,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        shape,
        {{ positions_held() }} as positions_held,
        decay_share,
        role_weight
    from {{ ref('int_attribution__journey_positions') }}

),

shape_weights as (

    select * from {{ ref('int_attribution__shape_weights') }}
    where fixed_weight > 0 or decay_weight > 0

),

touch_weights as (

    select
        journeys.*,
        journey_positions.touchpoint_id,
        journey_positions.person_id,
        journey_positions.campaign_id,
        journey_positions.channel,
        journey_positions.role_weight,
        shape_weights.attribution_model,
        shape_weights.fixed_weight
        + shape_weights.decay_weight * journey_positions.decay_share as weight
    from journeys
    inner join journey_positions
        on
            journeys.conversion_type = journey_positions.conversion_type
            and journeys.conversion_id = journey_positions.conversion_id
    inner join shape_weights
        on
            journey_positions.shape = shape_weights.shape
            and journey_positions.positions_held = shape_weights.positions_held

),

{{ credits('touch_weights', 'position_credits') }}

select * from position_credits
