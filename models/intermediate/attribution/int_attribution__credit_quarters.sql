-- Grain: one row per fiscal quarter, conversion type, segment or all of them together
-- (is_total), channel that any model credits there, and attribution model; 0 where this
-- model leaves the channel out.

with

channel_months as (

    select
        *,
        {{ fiscal_quarter_start('month') }} as quarter_start
    from {{ ref('fct_channel_credits') }}

),

channel_credits as (

    select
        quarter_start,
        conversion_type,
        false as is_total,
        segment,
        channel,
        attribution_model,
        sum(credited_conversions) as credited_conversions,
        sum(credit_usd) as credit_usd
    from channel_months
    group by all
    union all
    select
        quarter_start,
        conversion_type,
        true as is_total,
        '' as segment,
        channel,
        attribution_model,
        sum(credited_conversions) as credited_conversions,
        sum(credit_usd) as credit_usd
    from channel_months
    group by all

),

credited_channels as (

    select
        quarter_start,
        conversion_type,
        is_total,
        segment,
        channel
    from channel_credits
    group by all

),

crediting_models as (

    select
        quarter_start,
        conversion_type,
        is_total,
        segment,
        attribution_model
    from channel_credits
    group by all

),

compared_credits as (

    select
        credited_channels.*,
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
            and credited_channels.is_total = crediting_models.is_total
            and credited_channels.segment = crediting_models.segment
    left join channel_credits
        on
            credited_channels.quarter_start = channel_credits.quarter_start
            and credited_channels.conversion_type = channel_credits.conversion_type
            and credited_channels.is_total = channel_credits.is_total
            and credited_channels.segment = channel_credits.segment
            and credited_channels.channel = channel_credits.channel
            and crediting_models.attribution_model = channel_credits.attribution_model

),

model_credits as (

    select
        *,
        sum(credited_conversions) over of_model as model_conversions,
        sum(coalesce(credit_usd, credited_conversions)) over of_model as model_credit
    from compared_credits
    window of_model as (
        partition by
            quarter_start, conversion_type, is_total, segment, attribution_model
    )

),

credit_quarters as (

    select
        *,
        -- Rounded so that channels that earn the same are tied.
        round(
            cast(coalesce(credit_usd, credited_conversions) as double)
            / nullif(cast(model_credit as double), 0),
            9
        ) as credit_share
    from model_credits

)

select * from credit_quarters
