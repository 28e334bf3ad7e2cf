-- Grain: one row per scoring model that was trained.

with

models as (

    select * from {{ ref('stg_predictions__score_models') }}
    where trained_at <= {{ as_of() }}

),

model_in_force as (

    select
        model_version,
        promoted_at
    from {{ ref('int_predictive__model_in_force') }}

),

score_models as (

    select
        models.model_version,
        models.after_days,
        models.horizon_days,
        models.features,
        models.data_hash,
        model_in_force.model_version is not null as is_in_force,
        models.intercept,
        models.slope,
        models.leads,
        models.positives,
        models.later_leads,
        models.later_positives,
        models.later_auc,
        models.challenger_auc,
        round(models.challenger_auc - models.later_auc, 6) as challenger_margin,
        models.window_from,
        models.window_until,
        models.trained_at,
        model_in_force.promoted_at
    from models
    left join model_in_force
        on models.model_version = model_in_force.model_version

)

select * from score_models
