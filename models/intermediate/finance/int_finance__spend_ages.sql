-- Grain: one row of all costs that recur: up to when any is known, and whether that is
-- too long ago to tell a pace.

with

general_policies as (

    select late_after_days
    from {{ ref('pace_policies') }}
    where cost_type = '*' and {{ in_force() }}

),

recurring_costs as (

    select max(spend_known_to) as spend_known_to
    from {{ ref('int_finance__cost_ages') }}

),

spend_ages as (

    select
        recurring_costs.spend_known_to,
        coalesce(
            {{ dbt.datediff(
                'recurring_costs.spend_known_to', reporting_date(as_of()), 'day'
            ) }} > general_policies.late_after_days,
            true
        ) as is_spend_late
    from recurring_costs
    cross join general_policies

)

select * from spend_ages
