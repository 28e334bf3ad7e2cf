-- Grain: one row per fiscal quarter, conversion type, segment, channel that any model
-- credits there, and attribution model; 0 where this model leaves the channel out.
-- Credit adds up over all but models; shares over the channels of a segment.

with

credit_quarters as (

    select * from {{ ref('int_attribution__credit_quarters') }}
    where not is_total

),

segment_credit_quarters as (

    select
        quarter_start,
        conversion_type,
        segment,
        channel,
        attribution_model,
        cast(round(model_conversions) as bigint) as quarter_conversions,
        cast(credited_conversions as decimal(28, 12)) as credited_conversions,
        cast(credit_usd as decimal(28, 10)) as credit_usd,
        credit_share
    from credit_quarters

)

select * from segment_credit_quarters
