-- Grain: one row per conversion, attribution model and touchpoint that it credits.
-- Weights sum to 1 per conversion and model, so credit equals pipeline and revenue.

with

conversions as (

    select
        conversion_type,
        conversion_id,
        account_id,
        segment,
        amount_usd,
        converted_at
    from {{ ref('int_attribution__conversions') }}

),

touch_weights as (

    select * from {{ ref('int_attribution__touch_weights') }}

),

credits as (

    select
        touch_weights.conversion_type,
        touch_weights.conversion_id,
        touch_weights.attribution_model,
        touch_weights.touchpoint_id,
        touch_weights.person_id,
        conversions.account_id,
        touch_weights.campaign_id,
        touch_weights.channel,
        conversions.segment,
        cast(touch_weights.weight as double) as weight,
        cast(conversions.amount_usd * touch_weights.weight as decimal(28, 10))
            as credit_usd,
        conversions.converted_at
    from touch_weights
    inner join conversions
        on
            touch_weights.conversion_type = conversions.conversion_type
            and touch_weights.conversion_id = conversions.conversion_id

)

select * from credits
