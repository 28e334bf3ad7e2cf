-- Grain: one row per scoring model, feature and bin.

with

score_points as (

    select * from {{ source('raw_predictions', 'score_points') }}

),

renamed as (

    select
        model_version,
        feature,
        kind,
        bin_number,
        text_value,
        lower_bound,
        upper_bound,
        label as reason,
        points,
        average_points,
        leads,
        positives
    from score_points

)

select * from renamed
