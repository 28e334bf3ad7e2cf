-- Grain: one row per current closing, conversion that it shares with its month now, and
-- attribution model: why its weights differ, if they do.
-- A model that learns from all journeys is refitted unless one of the touches that it
-- credits here, or the conversion itself, is another.

with

compared_credits as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        attribution_model,
        coalesce(touchpoint_id, 'erased') as touch_key
    from {{ ref('int_finance__compared_credits') }}

),

compared_conversions as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        own_reason
    from {{ ref('int_finance__compared_conversions') }}
    where existence_reason is null

),

touch_reasons as (

    select * from {{ ref('int_finance__touch_reasons') }}

),

journey_reasons as (

    select * from {{ ref('int_finance__journey_reasons') }}

),

learning_models as (

    select attribution_model
    from {{ ref('attribution_models') }}
    where method != 'positions'

),

model_reasons as (

    select
        compared_credits.closing_id,
        compared_credits.conversion_type,
        compared_credits.conversion_id,
        compared_credits.attribution_model,
        min_by(touch_reasons.reason, touch_reasons.reason_rank) as reason
    from compared_credits
    left join touch_reasons
        on
            compared_credits.closing_id = touch_reasons.closing_id
            and compared_credits.conversion_type = touch_reasons.conversion_type
            and compared_credits.conversion_id = touch_reasons.conversion_id
            and compared_credits.touch_key = touch_reasons.touch_key
    group by
        compared_credits.closing_id,
        compared_credits.conversion_type,
        compared_credits.conversion_id,
        compared_credits.attribution_model

),

credit_reasons as (

    select
        model_reasons.closing_id,
        model_reasons.conversion_type,
        model_reasons.conversion_id,
        model_reasons.attribution_model,
        case
            when model_reasons.reason is not null then model_reasons.reason
            when learning_models.attribution_model is not null
                then coalesce(compared_conversions.own_reason, 'model_refit')
            else coalesce(journey_reasons.reason, 'policy_change')
        end as reason
    from model_reasons
    inner join compared_conversions
        on
            model_reasons.closing_id = compared_conversions.closing_id
            and model_reasons.conversion_type = compared_conversions.conversion_type
            and model_reasons.conversion_id = compared_conversions.conversion_id
    left join journey_reasons
        on
            model_reasons.closing_id = journey_reasons.closing_id
            and model_reasons.conversion_type = journey_reasons.conversion_type
            and model_reasons.conversion_id = journey_reasons.conversion_id
    left join learning_models
        on model_reasons.attribution_model = learning_models.attribution_model

)

select * from credit_reasons
