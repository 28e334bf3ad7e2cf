-- Grain: one row per conversion, touchpoint and attribution model that credits it.

with

journey_positions as (

    select
        conversion_type,
        conversion_id,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        {{ positions_held() }} as positions_held,
        decay_share
    from {{ ref('int_attribution__journey_positions') }}

),

journey_shapes as (

    select
        conversion_type,
        conversion_id,
        shape
    from {{ ref('int_attribution__journey_shapes') }}

),

shape_weights as (

    select * from {{ ref('int_attribution__shape_weights') }}
    where fixed_weight > 0 or decay_weight > 0

),

channel_weights as (

    select * from {{ ref('int_attribution__channel_weights') }}

),

weighted_touches as (

    select
        journey_positions.conversion_type,
        journey_positions.conversion_id,
        shape_weights.attribution_model,
        journey_positions.touchpoint_id,
        journey_positions.person_id,
        journey_positions.campaign_id,
        journey_positions.channel,
        shape_weights.fixed_weight
        + shape_weights.decay_weight * journey_positions.decay_share as weight
    from journey_positions
    inner join journey_shapes
        on
            journey_positions.conversion_type = journey_shapes.conversion_type
            and journey_positions.conversion_id = journey_shapes.conversion_id
    inner join shape_weights
        on
            journey_shapes.shape = shape_weights.shape
            and journey_positions.positions_held = shape_weights.positions_held

),

touch_weights as (

    select * from weighted_touches
    where weight > 0
    union all
    select * from channel_weights
    where weight > 0

)

select * from touch_weights
