-- Grain: one row per validation of a scoring model and decile or segment.

with

validations as (

    select
        model_version,
        validated_at,
        is_latest
    from {{ ref('fct_score_validations') }}

),

calibrations as (

    select * from {{ ref('stg_predictions__score_calibrations') }}

),

score_calibrations as (

    select
        calibrations.model_version,
        calibrations.slice_type,
        calibrations.slice,
        validations.is_latest,
        calibrations.leads,
        calibrations.positives,
        calibrations.auc,
        calibrations.mean_probability,
        calibrations.observed_rate,
        round(calibrations.observed_rate - calibrations.mean_probability, 6)
            as rate_over_probability,
        calibrations.validated_at
    from calibrations
    inner join validations
        on
            calibrations.model_version = validations.model_version
            and calibrations.validated_at = validations.validated_at

)

select * from score_calibrations
