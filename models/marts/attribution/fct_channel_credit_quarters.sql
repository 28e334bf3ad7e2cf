-- Grain: one row per fiscal quarter, conversion type, channel that any model credits
-- there, and attribution model; 0 where this model leaves the channel out.
-- Credit adds up over channels and quarters, not over models; shares over channels.

with

channel_credits as (

    select
        {{ fiscal_quarter_start('month') }} as quarter_start,
        conversion_type,
        channel,
        attribution_model,
        sum(credited_conversions) as credited_conversions,
        sum(credit_usd) as credit_usd
    from {{ ref('fct_channel_credits') }}
    group by all

),

credited_channels as (

    select
        quarter_start,
        conversion_type,
        channel
    from channel_credits
    group by all

),

crediting_models as (

    select
        quarter_start,
        conversion_type,
        attribution_model
    from channel_credits
    group by all

),

compared_credits as (

    select
        credited_channels.quarter_start,
        credited_channels.conversion_type,
        credited_channels.channel,
        crediting_models.attribution_model,
        coalesce(channel_credits.credited_conversions, 0) as credited_conversions,
        case
            when credited_channels.conversion_type != 'mql'
                then coalesce(channel_credits.credit_usd, 0)
        end as credit_usd
    from credited_channels
    inner join crediting_models
        on
            credited_channels.quarter_start = crediting_models.quarter_start
            and credited_channels.conversion_type = crediting_models.conversion_type
    left join channel_credits
        on
            credited_channels.quarter_start = channel_credits.quarter_start
            and credited_channels.conversion_type = channel_credits.conversion_type
            and credited_channels.channel = channel_credits.channel
            and crediting_models.attribution_model = channel_credits.attribution_model

),

model_totals as (

    select
        quarter_start,
        conversion_type,
        attribution_model,
        sum(credited_conversions) as model_conversions,
        sum(coalesce(credit_usd, credited_conversions)) as model_credit
    from compared_credits
    group by all

),

shares as (

    select
        compared_credits.*,
        cast(round(model_totals.model_conversions) as bigint) as quarter_conversions,
        -- Rounded so that channels that earn the same are tied.
        round(
            cast(
                coalesce(
                    compared_credits.credit_usd, compared_credits.credited_conversions
                ) as double
            ) / nullif(cast(model_totals.model_credit as double), 0),
            9
        ) as credit_share
    from compared_credits
    inner join model_totals
        on
            compared_credits.quarter_start = model_totals.quarter_start
            and compared_credits.conversion_type = model_totals.conversion_type
            and compared_credits.attribution_model = model_totals.attribution_model

),

channel_credit_quarters as (

    select
        quarter_start,
        conversion_type,
        channel,
        attribution_model,
        quarter_conversions,
        cast(credited_conversions as decimal(28, 12)) as credited_conversions,
        cast(credit_usd as decimal(28, 10)) as credit_usd,
        credit_share,
        case
            when credit_share is not null
                then rank() over (
                    partition by quarter_start, conversion_type, attribution_model
                    order by credit_share desc
                )
        end as credit_rank
    from shares

)

select * from channel_credit_quarters
