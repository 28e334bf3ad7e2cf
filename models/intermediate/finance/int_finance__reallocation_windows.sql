-- Grain: one row per scope, the channels, with the policy in force at as_of and the
-- weeks that it means. A week is known by its Monday in the reporting time zone.
-- A touch can earn credit for the whole lookback, so no week is mature before.

{{ config(materialized='view') }}

with

standing_policies as (

    select
        *,
        {{ reporting_date(as_of()) }} as as_of_date,
        cast(
            greatest(maturity_days, {{ var('attribution_lookback_days') }}) as integer
        ) as waiting_days
    from {{ ref('reallocation_policies') }}
    where {{ in_force() }}

),

bounded_policies as (

    select
        *,
        cast(date_trunc('week', as_of_date) as date) as current_week,
        cast(
            date_trunc('week', as_of_date - (waiting_days + 7) * interval '1' day)
            as date
        ) as last_mature_week
    from standing_policies

),

reallocation_windows as (

    select
        scope,
        moved_share,
        trailing_weeks,
        waiting_days,
        least_weeks,
        season_weeks,
        least_results,
        least_spend_variation,
        range_tail_share,
        interval_level,
        tolerated_loss_probability,
        check_level,
        current_week,
        cast(current_week - trailing_weeks * 7 * interval '1' day as date)
            as trailing_from,
        last_mature_week,
        cast(last_mature_week - (efficiency_weeks - 1) * 7 * interval '1' day as date)
            as recent_from,
        cast(last_mature_week - (most_weeks - 1) * 7 * interval '1' day as date)
            as fitted_from
    from bounded_policies

)

select * from reallocation_windows
