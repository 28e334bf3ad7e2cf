-- Grain: one row per lead and feature, as of the lead's scoring moment.
-- A number that is not here is zero.

with

fit_features as (

    select * from {{ ref('int_predictive__fit_features') }}

),

touch_features as (

    select * from {{ ref('int_predictive__touch_features') }}

),

company_features as (

    select * from {{ ref('int_predictive__company_features') }}

),

lead_features as (

    select
        lead_id,
        feature,
        text_value,
        cast(null as double) as number_value
    from fit_features
    union all
    select
        lead_id,
        feature,
        cast(null as string) as text_value,
        number_value
    from touch_features
    union all
    select
        lead_id,
        feature,
        cast(null as string) as text_value,
        number_value
    from company_features

)

select * from lead_features
