-- Grain: one row per scoring model and moment as of which it was judged, on leads
-- younger than its training.

with

score_validations as (

    select * from {{ source('raw_predictions', 'score_validations') }}

),

renamed as (

    select
        model_version,
        validated_at,
        leads,
        positives,
        auc,
        mean_probability,
        observed_rate,
        brier_score,
        log_loss,
        calibration_error,
        top_decile_lift,
        rule_auc,
        window_from,
        window_until
    from score_validations

)

select * from renamed
