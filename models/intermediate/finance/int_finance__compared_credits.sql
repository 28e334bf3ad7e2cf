-- Grain: one row per current closing, conversion of its month, attribution model and
-- touch that it credited by then or credits now. A touch of an erased person has no id,
-- so that there may be several of them.

with

compared_conversions as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        is_restated
    from {{ ref('int_finance__compared_conversions') }}

),

closed_months as (

    select closing_id
    from {{ ref('fct_closed_months') }}
    where is_current

),

closed_credits as (

    select * from {{ ref('stg_meta__closed_credits') }}

),

attribution_credits as (

    select * from {{ ref('fct_attribution_credits') }}

),

reported_credits as (

    select closed_credits.*
    from closed_credits
    inner join closed_months
        on closed_credits.closing_id = closed_months.closing_id

),

restated_credits as (

    select
        compared_conversions.closing_id,
        attribution_credits.*
    from attribution_credits
    inner join compared_conversions
        on
            attribution_credits.conversion_type = compared_conversions.conversion_type
            and attribution_credits.conversion_id = compared_conversions.conversion_id
            and compared_conversions.is_restated

),

compared_credits as (

    select
        coalesce(reported.closing_id, restated.closing_id) as closing_id,
        coalesce(reported.conversion_type, restated.conversion_type)
            as conversion_type,
        coalesce(reported.conversion_id, restated.conversion_id) as conversion_id,
        coalesce(reported.attribution_model, restated.attribution_model)
            as attribution_model,
        coalesce(reported.touchpoint_id, restated.touchpoint_id) as touchpoint_id,
        reported.weight is not null as is_reported,
        restated.weight is not null as is_restated,
        reported.channel as reported_channel,
        restated.channel as restated_channel,
        reported.weight as reported_weight,
        restated.weight as restated_weight,
        reported.credit_usd as reported_credit_usd,
        restated.credit_usd as restated_credit_usd
    from reported_credits as reported
    full outer join restated_credits as restated
        on
            reported.closing_id = restated.closing_id
            and reported.conversion_type = restated.conversion_type
            and reported.conversion_id = restated.conversion_id
            and reported.attribution_model = restated.attribution_model
            and reported.touchpoint_id = restated.touchpoint_id

)

select * from compared_credits
