-- Grain: one row per closed month and version of its closing.
-- A closing as of a later moment than the build's is not known to it.

with

closings as (

    select * from {{ ref('stg_meta__closings') }}
    where as_of <= {{ as_of() }}

),

closed_months as (

    select
        closing_id,
        month,
        version,
        version = max(version) over (partition by month) as is_current,
        closed_by,
        as_of,
        reporting_currency,
        reporting_time_zone,
        attribution_lookback_days,
        closed_at
    from closings

)

select * from closed_months
