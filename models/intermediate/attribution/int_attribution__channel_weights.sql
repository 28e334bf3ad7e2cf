-- Grain: one row per conversion, touchpoint and data-driven model: the touch's share of
-- its conversion by what the model says of its channel.
-- A conversion whose channels add nothing credits its touches evenly.

{{ config(materialized='view') }}

with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}

),

journey_positions as (

    select
        conversion_type,
        conversion_id,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        creditable_count,
        role_weight
    from {{ ref('int_attribution__journey_positions') }}
    where is_creditable

),

channel_shares as (

    select
        conversion_type,
        attribution_model,
        channel,
        credit_effect
    from {{ ref('int_attribution__channel_shares') }}

),

touch_effects as (

    select
        journey_positions.*,
        channel_shares.attribution_model,
        channel_shares.credit_effect
    from journey_positions
    inner join channel_shares
        on
            journey_positions.conversion_type = channel_shares.conversion_type
            and journey_positions.channel = channel_shares.channel

),

conversion_effects as (

    select
        conversion_type,
        conversion_id,
        attribution_model,
        cast(sum({{ exact_share('credit_effect') }}) as double) as total_effect
    from touch_effects
    group by
        conversion_type,
        conversion_id,
        attribution_model

),

channel_weights as (

    select
        journeys.conversion_type,
        journeys.conversion_id,
        journeys.account_id,
        journeys.segment,
        journeys.amount_usd,
        journeys.converted_at,
        journeys.is_role_weighted,
        touch_effects.touchpoint_id,
        touch_effects.person_id,
        touch_effects.campaign_id,
        touch_effects.channel,
        touch_effects.role_weight,
        touch_effects.attribution_model,
        case
            when conversion_effects.total_effect > 0
                then touch_effects.credit_effect / conversion_effects.total_effect
            else 1.0 / touch_effects.creditable_count
        end as weight
    from touch_effects
    inner join conversion_effects
        on
            touch_effects.conversion_type = conversion_effects.conversion_type
            and touch_effects.conversion_id = conversion_effects.conversion_id
            and touch_effects.attribution_model = conversion_effects.attribution_model
    inner join journeys
        on
            touch_effects.conversion_type = journeys.conversion_type
            and touch_effects.conversion_id = journeys.conversion_id

)

select * from channel_weights
