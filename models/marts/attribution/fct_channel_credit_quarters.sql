-- Grain: one row per fiscal quarter, conversion type, channel that any model credits
-- there, and attribution model; 0 where this model leaves the channel out.
-- Credit adds up over channels and quarters, not over models; shares over channels.

with

credit_quarters as (

    select * from {{ ref('int_attribution__credit_quarters') }}
    where is_total

),

channel_credit_quarters as (

    select
        quarter_start,
        conversion_type,
        channel,
        attribution_model,
        cast(round(model_conversions) as bigint) as quarter_conversions,
        cast(credited_conversions as decimal(28, 12)) as credited_conversions,
        cast(credit_usd as decimal(28, 10)) as credit_usd,
        credit_share,
        case
            when credit_share is not null
                then cast(rank() over (
                    partition by quarter_start, conversion_type, attribution_model
                    order by credit_share desc
                ) as bigint)
        end as credit_rank
    from credit_quarters

)

select * from channel_credit_quarters
