-- Grain: one row of all costs that recur: up to when they are known, and whether that
-- is too long ago to tell a pace.

with

pace_policies as (

    select * from {{ ref('pace_policies') }}
    where {{ in_force() }}

),

general_policies as (

    select
        run_rate_days,
        late_after_days
    from pace_policies
    where cost_type = '*'

),

ad_spend_days as (

    select
        cost_type,
        max(spend_date) as last_date
    from {{ ref('fct_ad_spend_days') }}
    where spend_date <= {{ reporting_date(as_of()) }}
    group by cost_type

),

recurring_costs as (

    select max(ad_spend_days.last_date) as spend_known_to
    from ad_spend_days
    cross join general_policies
    left join pace_policies
        on ad_spend_days.cost_type = pace_policies.cost_type
    where coalesce(pace_policies.run_rate_days, general_policies.run_rate_days) > 0

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
