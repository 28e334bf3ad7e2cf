-- Grain: one row per opportunity and day with a change: what was known at its end.

{{ config(materialized='view') }}

with

opportunity_changes as (

    select
        *,
        {{ reporting_date('changed_at') }} as changed_date
    from {{ ref('fct_opportunity_changes') }}

),

deal_changes as (

    select
        opportunity_id,
        stage_name,
        open_amount_usd,
        closed_amount_usd,
        close_date,
        changed_date
    from opportunity_changes
    qualify row_number() over (
        partition by opportunity_id, changed_date order by changed_at desc
    ) = 1

)

select * from deal_changes
