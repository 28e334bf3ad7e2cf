-- Grain: one row per conversion, touchpoint and attribution model that credits it.
-- A model's shares are a row of the seed; they sum to 1, and so do a journey's weights.

with

journey_positions as (

    select * from {{ ref('int_attribution__journey_positions') }}

),

attribution_models as (

    select * from {{ ref('attribution_models') }}
    where is_active

),

weighted_touches as (

    select
        journey_positions.conversion_type,
        journey_positions.conversion_id,
        attribution_models.attribution_model,
        journey_positions.touchpoint_id,
        journey_positions.person_id,
        journey_positions.campaign_id,
        journey_positions.channel,
        case when journey_positions.is_first then 1 else 0 end
        * attribution_models.first_share
        + case when journey_positions.is_last then 1 else 0 end
        * attribution_models.last_share
        + case when journey_positions.is_last_non_direct then 1 else 0 end
        * attribution_models.last_non_direct_share
        + case when journey_positions.is_creditable then 1 else 0 end
        * attribution_models.even_share
        / journey_positions.creditable_count as weight
    from journey_positions
    cross join attribution_models

),

touch_weights as (

    select * from weighted_touches
    where weight > 0

)

select * from touch_weights
