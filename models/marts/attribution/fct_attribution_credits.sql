-- Grain: one row per conversion, attribution model and touchpoint that it credits.
-- Weights sum to 1 per conversion and model, so credit equals pipeline and revenue.
-- A build makes the credits by positions of the journeys that changed, and those by
-- channels, on which all journeys tell, anew.

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
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
        journeys.conversion_type,
        journeys.conversion_id,
        journeys.account_id,
        journeys.segment,
        journeys.amount_usd,
        journeys.converted_at,
        journeys.is_role_weighted,
        journeys.journey_print,
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
    union all
    select
        conversion_type,
        conversion_id,
        account_id,
        segment,
        amount_usd,
        converted_at,
        is_role_weighted,
        cast(null as bigint) as journey_print,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        role_weight,
        attribution_model,
        weight
    from {{ ref('int_attribution__channel_weights') }}

),

{{ weighed_by_role('touch_weights') }},

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
        cast(credited_weight as double) as weight,
        cast(amount_usd * credited_weight as decimal(28, 10)) as credit_usd,
        converted_at,
        journey_print
    from weighed_by_role
    where credited_weight > 0

)

select * from credits
