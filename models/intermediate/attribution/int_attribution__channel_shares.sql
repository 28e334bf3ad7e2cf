-- Grain: one row per conversion type, data-driven model and channel: what the model
-- says of the channel, and its share in all channels. A model may find a share below 0;
-- no touch is charged with it.

with

removal_effects as (

    select * from {{ ref('int_attribution__removal_effects') }}

),

shapley_values as (

    select * from {{ ref('int_attribution__shapley_values') }}

),

attribution_models as (

    select
        attribution_model,
        method
    from {{ ref('attribution_models') }}
    where is_active

),

channel_effects as (

    select
        conversion_type,
        'markov' as method,
        channel,
        removal_effect as effect
    from removal_effects
    union all
    select
        conversion_type,
        'shapley' as method,
        channel,
        shapley_value as effect
    from shapley_values

),

channel_shares as (

    select
        channel_effects.conversion_type,
        attribution_models.attribution_model,
        channel_effects.method,
        channel_effects.channel,
        channel_effects.effect,
        channel_effects.effect / nullif(cast(
            sum({{ exact_share('channel_effects.effect') }}) over (
                partition by
                    channel_effects.conversion_type,
                    attribution_models.attribution_model
            ) as double
        ), 0) as contribution_share,
        greatest(coalesce(channel_effects.effect, 0), 0) as credit_effect
    from channel_effects
    inner join attribution_models
        on channel_effects.method = attribution_models.method

)

select * from channel_shares
