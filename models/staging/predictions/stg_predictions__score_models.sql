-- Grain: one row per scoring model that was trained.

with

score_models as (

    select * from {{ source('raw_predictions', 'score_models') }}

),

renamed as (

    select
        model_version,
        after_days,
        horizon_days,
        features,
        data_hash,
        penalty,
        intercept,
        slope,
        leads,
        positives,
        later_leads,
        later_positives,
        later_auc,
        challenger_auc,
        window_from,
        window_until,
        trained_at
    from score_models

)

select * from renamed
