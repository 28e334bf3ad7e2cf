-- Grain: one row per validation of a scoring model and decile or segment.

with

score_calibrations as (

    select * from {{ source('raw_predictions', 'score_calibrations') }}

),

renamed as (

    select
        model_version,
        validated_at,
        slice_type,
        slice,
        leads,
        positives,
        auc,
        mean_probability,
        observed_rate
    from score_calibrations

)

select * from renamed
