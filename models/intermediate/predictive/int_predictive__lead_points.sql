-- Grain: one row per lead and feature of the model in force: the points it gives.

with

model_in_force as (

    select model_version
    from {{ ref('int_predictive__model_in_force') }}

),

score_points as (

    select score_points.*
    from {{ ref('stg_predictions__score_points') }} as score_points
    inner join model_in_force
        on score_points.model_version = model_in_force.model_version

),

model_features as (

    select
        feature,
        kind
    from score_points
    group by
        feature,
        kind

),

listed_texts as (

    select
        feature,
        text_value
    from score_points
    where kind = 'text'

),

scored_leads as (

    select lead_id
    from {{ ref('int_predictive__scored_leads') }}

),

lead_features as (

    select * from {{ ref('int_predictive__lead_features') }}

),

values_to_place as (

    select
        scored_leads.lead_id,
        model_features.feature,
        model_features.kind,
        coalesce(lead_features.number_value, 0) as number_value,
        case
            when lead_features.text_value is null then '(unknown)'
            when listed_texts.text_value is null then '(other)'
            else lead_features.text_value
        end as text_value
    from scored_leads
    cross join model_features
    left join lead_features
        on
            scored_leads.lead_id = lead_features.lead_id
            and model_features.feature = lead_features.feature
    left join listed_texts
        on
            lead_features.feature = listed_texts.feature
            and lead_features.text_value = listed_texts.text_value

),

lead_points as (

    select
        values_to_place.lead_id,
        score_points.feature,
        score_points.bin_number,
        score_points.reason,
        score_points.points,
        score_points.points - score_points.average_points as points_above_average
    from values_to_place
    inner join score_points
        on
            values_to_place.feature = score_points.feature
            and (
                (
                    values_to_place.kind = 'text'
                    and values_to_place.text_value = score_points.text_value
                )
                or (
                    values_to_place.kind = 'number'
                    and values_to_place.number_value >= score_points.lower_bound
                    and values_to_place.number_value
                    < coalesce(score_points.upper_bound, 1e300)
                )
            )

)

select * from lead_points
