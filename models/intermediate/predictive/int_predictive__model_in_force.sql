-- Grain: one row per scoring model in force at as_of, of which there is one or none.

with

promotions as (

    select * from {{ ref('stg_predictions__score_promotions') }}
    where promoted_at <= {{ as_of() }}

),

models as (

    select * from {{ ref('stg_predictions__score_models') }}

),

latest_promotion as (

    select
        model_version,
        promoted_at
    from promotions
    qualify row_number() over (
        order by
            promoted_at desc,
            promotion_number desc
    ) = 1

),

model_in_force as (

    select
        models.model_version,
        models.after_days,
        models.horizon_days,
        models.intercept,
        models.slope,
        latest_promotion.promoted_at
    from latest_promotion
    inner join models
        on latest_promotion.model_version = models.model_version

)

select * from model_in_force
