-- Grain: one row per time that a scoring model was put in force.

with

score_promotions as (

    select * from {{ source('raw_predictions', 'score_promotions') }}

),

renamed as (

    select
        promotion_number,
        model_version,
        replaced_version,
        leads,
        auc,
        rival_auc,
        brier_score,
        rival_brier_score,
        promoted_at
    from score_promotions

)

select * from renamed
