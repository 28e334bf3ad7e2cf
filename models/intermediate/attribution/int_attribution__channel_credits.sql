-- Grain: one row per conversion, data-driven model and touchpoint that it credits: by
-- the touch's share of its conversion in what the model says of its channel.
-- A conversion whose channels add nothing credits its touches evenly.
-- Every journey moves what a model says of channels, so that each build makes all anew.

with

conversions as (

    select * from {{ ref('int_attribution__conversions') }}

),

journey_positions as (

    select
        conversion_key,
        conversion_type,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        creditable_count,
        role_weight,
        is_role_weighted
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
        conversion_key,
        attribution_model,
        cast(sum({{ exact_share('credit_effect') }}) as double) as total_effect
    from touch_effects
    group by
        conversion_key,
        attribution_model

),

touch_weights as (

    select
        conversions.*,
        touch_effects.touchpoint_id,
        touch_effects.person_id as touched_person_id,
        touch_effects.campaign_id,
        touch_effects.channel,
        touch_effects.role_weight,
        touch_effects.is_role_weighted,
        touch_effects.attribution_model,
        case
            when conversion_effects.total_effect > 0
                then touch_effects.credit_effect / conversion_effects.total_effect
            else 1e0 / touch_effects.creditable_count
        end as weight
    from touch_effects
    inner join conversion_effects
        on
            touch_effects.conversion_key = conversion_effects.conversion_key
            and touch_effects.attribution_model = conversion_effects.attribution_model
    inner join conversions
        on touch_effects.conversion_key = conversions.conversion_key

),

{{ weighed_by_role('touch_weights') }},

channel_credits as (

    select
        conversion_type,
        conversion_id,
        attribution_model,
        touchpoint_id,
        touched_person_id as person_id,
        account_id,
        campaign_id,
        channel,
        segment,
        cast(credited_weight as double) as weight,
        credit_usd,
        converted_at
    from weighed_by_role

)

select * from channel_credits
