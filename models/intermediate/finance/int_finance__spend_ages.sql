-- Grain: one row of all costs that recur: up to when any is known, and whether that is
-- too long ago to tell a pace: all are late then, or there are none.

with

cost_ages as (

    select
        spend_known_to,
        is_spend_late
    from {{ ref('int_finance__cost_ages') }}

),

spend_ages as (

    select
        max(spend_known_to) as spend_known_to,
        coalesce(bool_and(is_spend_late), true) as is_spend_late
    from cost_ages

)

select * from spend_ages
