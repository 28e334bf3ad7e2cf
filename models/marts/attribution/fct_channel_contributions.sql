-- Grain: one row per conversion type, data-driven model and channel: what the model
-- says of the channel, and what its touches are credited with.

with

channel_shares as (

    select * from {{ ref('int_attribution__channel_shares') }}

),

channel_credits as (

    select
        conversion_type,
        attribution_model,
        channel,
        cast(sum({{ exact_share('weight') }}) as double) as credited_conversions,
        sum(credit_usd) as credit_usd
    from {{ ref('fct_attribution_credits') }}
    group by
        conversion_type,
        attribution_model,
        channel

),

channel_contributions as (

    select
        channel_shares.conversion_type,
        channel_shares.attribution_model,
        channel_shares.channel,
        case when channel_shares.method = 'markov' then channel_shares.effect end
            as removal_effect,
        case when channel_shares.method = 'shapley' then channel_shares.effect end
            as shapley_value,
        channel_shares.contribution_share,
        coalesce(channel_credits.credited_conversions, 0) as credited_conversions,
        cast(channel_credits.credit_usd as decimal(28, 10)) as credit_usd
    from channel_shares
    left join channel_credits
        on
            channel_shares.conversion_type = channel_credits.conversion_type
            and channel_shares.attribution_model = channel_credits.attribution_model
            and channel_shares.channel = channel_credits.channel

)

select * from channel_contributions
