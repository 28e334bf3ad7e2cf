-- Grain: one row per validation of a scoring model and feature.

with

score_drifts as (

    select * from {{ source('raw_predictions', 'score_drifts') }}

),

renamed as (

    select
        model_version,
        validated_at,
        feature,
        psi
    from score_drifts

)

select * from renamed
