-- Grain: one row per validation of a scoring model and feature: has it moved?

with

validations as (

    select
        model_version,
        validated_at,
        is_latest
    from {{ ref('fct_score_validations') }}

),

drifts as (

    select * from {{ ref('stg_predictions__score_drifts') }}

),

policies as (

    select
        watched_psi,
        shifted_psi
    from {{ ref('score_policies') }}
    where {{ in_force() }}

),

score_drifts as (

    select
        drifts.model_version,
        drifts.feature,
        case
            when drifts.psi >= policies.shifted_psi then 'shifted'
            when drifts.psi >= policies.watched_psi then 'watched'
            else 'stable'
        end as drift_status,
        validations.is_latest,
        drifts.psi,
        drifts.validated_at
    from drifts
    inner join validations
        on
            drifts.model_version = validations.model_version
            and drifts.validated_at = validations.validated_at
    cross join policies

)

select * from score_drifts
