-- Grain: one row per opportunity with a day of creation, as a forecast sees it.
-- A deal that closed on a day nobody knows belongs to no quarter, and is left out; one
-- without a type is new.

{{ config(materialized='view') }}

with

opportunity_outcomes as (

    select * from {{ ref('fct_opportunity_outcomes') }}
    where
        created_at is not null
        and (not is_closed or closed_at is not null)

),

deals as (

    select
        opportunity_id,
        account_id,
        segment,
        coalesce(opportunity_type, 'new') as opportunity_type,
        is_closed,
        is_won,
        amount_usd,
        {{ reporting_date('created_at') }} as created_date,
        case when is_closed then {{ reporting_date('closed_at') }} end as closed_date
    from opportunity_outcomes

)

select * from deals
