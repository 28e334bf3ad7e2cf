-- Grain: one row per cost type that recurs and was charged up to as_of: up to when its
-- costs are known, and whether that is too long ago.
-- Costs that come now and then are known until the next is due: a pause no longer than
-- the longest of late is none of the data. Of late are pauses between days that the
-- policy of the type looks at; of a single such day the pause before, cut to as long.

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

charged_days as (

    select
        cost_type,
        spend_date
    from {{ ref('fct_ad_spend_days') }}
    where spend_date <= {{ reporting_date(as_of()) }}
    group by all

),

paused_days as (

    select
        cost_type,
        spend_date,
        lag(spend_date) over (partition by cost_type order by spend_date asc)
            as previous_date,
        max(spend_date) over (partition by cost_type) as last_date
    from charged_days

),

recurring_days as (

    select
        paused_days.cost_type,
        paused_days.last_date,
        coalesce(pace_policies.run_rate_days, general_policies.run_rate_days)
            as run_rate_days,
        general_policies.late_after_days,
        {{ dbt.datediff('paused_days.spend_date', 'paused_days.last_date', 'day') }}
            as days_before_last,
        {{ dbt.datediff('paused_days.previous_date', 'paused_days.last_date', 'day') }}
            as begin_before_last,
        {{ dbt.datediff('paused_days.previous_date', 'paused_days.spend_date', 'day') }}
            as pause_days
    from paused_days
    cross join general_policies
    left join pace_policies
        on paused_days.cost_type = pace_policies.cost_type
    where coalesce(pace_policies.run_rate_days, general_policies.run_rate_days) > 0

),

rhythms as (

    select
        cost_type,
        run_rate_days,
        late_after_days,
        last_date,
        case
            when count(pause_days) > 0
                then least(
                    coalesce(
                        max(case
                            when begin_before_last < run_rate_days then pause_days
                        end),
                        max(pause_days)
                    ),
                    max(run_rate_days)
                ) - 1
        end as days_not_due
    from recurring_days
    where days_before_last < run_rate_days
    group by all

),

known_costs as (

    -- What was charged on one day alone has no rhythm that it could miss.
    select
        cost_type,
        run_rate_days,
        late_after_days,
        last_date,
        least(
            coalesce(
                cast({{ dbt.dateadd('day', 'days_not_due', 'last_date') }} as date),
                {{ reporting_date(as_of()) }}
            ),
            {{ reporting_date(as_of()) }}
        ) as spend_known_to
    from rhythms

),

cost_ages as (

    select
        cost_type,
        run_rate_days,
        last_date,
        spend_known_to,
        {{ dbt.datediff('spend_known_to', reporting_date(as_of()), 'day') }}
            as unknown_days,
        {{ dbt.datediff('spend_known_to', reporting_date(as_of()), 'day') }}
        > late_after_days as is_spend_late
    from known_costs

)

select * from cost_ages
