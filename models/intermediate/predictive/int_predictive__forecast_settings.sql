-- Grain: one row per build, which is the last one: when its forecast is made, and how.

{{ config(materialized='view') }}

with

build_settings as (

    select * from {{ ref('dim_build_settings') }}

),

forecast_policies as (

    select * from {{ ref('forecast_policies') }}
    where {{ in_force() }}

),

forecast_settings as (

    select
        {{ reporting_date('build_settings.as_of') }} as forecast_date,
        build_settings.fiscal_year_start_month,
        forecast_policies.least_history_days,
        forecast_policies.least_closed_deals,
        forecast_policies.recent_weeks,
        forecast_policies.most_history_days
    from build_settings
    cross join forecast_policies

)

select * from forecast_settings
