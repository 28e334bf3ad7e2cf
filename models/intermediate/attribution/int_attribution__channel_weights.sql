-- Grain: one row per conversion, touchpoint and data-driven model: the touch's share of
-- its conversion by what the model says of its channel.
-- A conversion whose channels add nothing credits its touches evenly.

with

journey_positions as (

    select
        conversion_type,
        conversion_id,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        creditable_count
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

credited_touches as (

    select
        journey_positions.*,
        channel_shares.attribution_model,
        channel_shares.credit_effect,
        cast(sum({{ exact_share('channel_shares.credit_effect') }}) over (
            partition by
                journey_positions.conversion_type,
                journey_positions.conversion_id,
                channel_shares.attribution_model
        ) as double) as total_effect
    from journey_positions
    inner join channel_shares
        on
            journey_positions.conversion_type = channel_shares.conversion_type
            and journey_positions.channel = channel_shares.channel

),

channel_weights as (

    select
        conversion_type,
        conversion_id,
        attribution_model,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        case
            when total_effect > 0 then credit_effect / total_effect
            else 1.0 / creditable_count
        end as weight
    from credited_touches

)

select * from channel_weights
