-- Grain: one row per scoring model and moment as of which it was judged.

with

models as (

    select
        model_version,
        is_in_force
    from {{ ref('dim_score_models') }}

),

validations as (

    select * from {{ ref('stg_predictions__score_validations') }}
    where validated_at <= {{ as_of() }}

),

score_validations as (

    select
        validations.model_version,
        models.is_in_force,
        validations.leads,
        validations.positives,
        validations.auc,
        validations.rule_auc,
        round(validations.auc - validations.rule_auc, 6) as auc_over_rules,
        validations.brier_score,
        validations.log_loss,
        validations.calibration_error,
        validations.top_decile_lift,
        validations.mean_probability,
        validations.observed_rate,
        row_number() over (
            partition by validations.model_version
            order by validations.validated_at desc
        ) = 1 as is_latest,
        validations.window_from,
        validations.window_until,
        validations.validated_at
    from validations
    inner join models
        on validations.model_version = models.model_version

)

select * from score_validations
