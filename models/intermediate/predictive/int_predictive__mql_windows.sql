-- Grain: one row per Monday from which weeks are foretold, with the weeks before it
-- that the method looks at. The last is that of as_of, for the plan; those before it
-- are for back-tests.

with

capacity_methods as (

    select
        level_weeks,
        share_weeks,
        backtest_weeks
    from {{ ref('int_predictive__capacity_methods') }}

),

routing_rules as (

    select
        effective_from,
        effective_to
    from {{ ref('routing_rules') }}
    where rule_set = 'current'

),

rule_changes as (

    select effective_from as changed_on
    from routing_rules
    union
    select effective_to as changed_on
    from routing_rules
    where effective_to is not null

),

origins as (

    select
        cast(
            date_trunc('week', {{ reporting_date(as_of()) }})
            - numbers.number * interval '7' day as date
        ) as origin_week,
        capacity_methods.level_weeks,
        capacity_methods.share_weeks
    from capacity_methods
    inner join range({{ most_months() }}) as numbers (number)
        on capacity_methods.backtest_weeks >= numbers.number

),

mql_windows as (

    select
        origins.origin_week,
        origins.level_weeks,
        cast(
            origins.origin_week - origins.level_weeks * interval '7' day as date
        ) as level_from,
        cast(
            origins.origin_week - origins.share_weeks * interval '7' day as date
        ) as varied_from,
        coalesce(max(rule_changes.changed_on), cast('1900-01-01' as date)) as changed_on
    from origins
    left join rule_changes
        on origins.origin_week >= rule_changes.changed_on
    group by all

)

select * from mql_windows
