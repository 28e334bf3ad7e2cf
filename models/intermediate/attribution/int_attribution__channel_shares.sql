-- Grain: one row per conversion type, data-driven model and channel: what the model
-- says of the channel, and its share in all channels. A model may find a share below 0;
-- no touch is charged with it.

with

removal_effects as (

    select * from {{ ref('int_attribution__removal_effects') }}

),

higher_effects as (

    select * from {{ ref('int_attribution__higher_effects') }}

),

shapley_values as (

    select * from {{ ref('int_attribution__shapley_values') }}

),

attribution_models as (

    select
        attribution_model,
        method,
        coalesce(chain_order, 0) as chain_order
    from {{ ref('attribution_models') }}
    where is_active

),

channel_effects as (

    select
        conversion_type,
        'markov' as method,
        1 as chain_order,
        channel,
        removal_effect as effect
    from removal_effects
    union all
    select
        conversion_type,
        'markov' as method,
        chain_order,
        channel,
        removal_effect as effect
    from higher_effects
    union all
    select
        conversion_type,
        'shapley' as method,
        0 as chain_order,
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
        on
            channel_effects.method = attribution_models.method
            and channel_effects.chain_order = attribution_models.chain_order

)

select * from channel_shares
