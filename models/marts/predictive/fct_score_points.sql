-- Grain: one row per scoring model, feature and bin.

with

models as (

    select model_version
    from {{ ref('dim_score_models') }}

),

points as (

    select * from {{ ref('stg_predictions__score_points') }}

),

score_points as (

    select
        points.model_version,
        points.feature,
        points.kind,
        points.bin_number,
        points.text_value,
        points.lower_bound,
        points.upper_bound,
        points.reason,
        points.points,
        points.average_points,
        points.leads,
        points.positives
    from points
    inner join models
        on points.model_version = models.model_version

)

select * from score_points
