-- Grain: one row per channel and week, from the channel's first with a cost or credit
-- to the one that as_of lies in; weeks between with neither are there too.

with

cost_weeks as (

    select * from {{ ref('int_finance__cost_weeks') }}

),

credit_weeks as (

    select * from {{ ref('int_finance__credit_weeks') }}

),

windows as (

    select * from {{ ref('int_finance__reallocation_windows') }}

),

known_weeks as (

    select
        channel,
        week
    from cost_weeks
    union all
    select
        channel,
        week
    from credit_weeks

),

first_weeks as (

    select
        channel,
        min(week) as first_week
    from known_weeks
    group by channel

),

all_weeks as (

    select
        first_weeks.channel,
        cast(first_weeks.first_week + numbers.number * 7 * interval '1' day as date)
            as week,
        windows.current_week,
        windows.trailing_from,
        windows.last_mature_week,
        windows.recent_from,
        windows.fitted_from
    from first_weeks
    inner join windows on first_weeks.first_week <= windows.current_week
    inner join range({{ most_days() }}) as numbers (number)
        on
            cast(first_weeks.first_week + numbers.number * 7 * interval '1' day as date)
            <= windows.current_week

),

channel_weeks as (

    select
        all_weeks.channel,
        all_weeks.week,
        all_weeks.week <= all_weeks.last_mature_week as is_mature,
        all_weeks.week >= all_weeks.trailing_from
        and all_weeks.week < all_weeks.current_week as is_trailing,
        all_weeks.week between all_weeks.recent_from and all_weeks.last_mature_week
            as is_recent,
        all_weeks.week between all_weeks.fitted_from and all_weeks.last_mature_week
            as is_in_reach,
        all_weeks.week between all_weeks.fitted_from and all_weeks.last_mature_week
        and coalesce(cost_weeks.variable_spend_usd, 0) > 0
        and coalesce(cost_weeks.unconverted_costs, 0) = 0 as is_fitted,
        cast(coalesce(cost_weeks.variable_spend_usd, 0) as decimal(28, 6))
            as variable_spend_usd,
        cast(coalesce(cost_weeks.fixed_spend_usd, 0) as decimal(28, 6))
            as fixed_spend_usd,
        coalesce(cost_weeks.unconverted_costs, 0) as unconverted_costs,
        cast(coalesce(credit_weeks.mqls, 0) as decimal(38, 18)) as mqls,
        cast(coalesce(credit_weeks.opportunities, 0) as decimal(38, 18))
            as opportunities,
        cast(coalesce(credit_weeks.pipeline_usd, 0) as decimal(28, 10))
            as pipeline_usd
    from all_weeks
    left join cost_weeks
        on
            all_weeks.channel = cost_weeks.channel
            and all_weeks.week = cost_weeks.week
    left join credit_weeks
        on
            all_weeks.channel = credit_weeks.channel
            and all_weeks.week = credit_weeks.week

)

select * from channel_weeks
