-- Grain: one row per tool with months, and its use and uptime of late.
-- Months that are over come first: that of as_of tells of a part alone.

with

tool_months as (

    select * from {{ ref('fct_tool_months') }}

),

policies as (

    select
        usage_months,
        uptime_months,
        cast(date_trunc(
            'month', {{ reporting_date("(" ~ as_of() ~ " + interval '1' second)") }}
        ) as date) as first_open_month
    from {{ ref('tool_policies') }}
    where {{ in_force() }}

),

placed_months as (

    select
        tool_months.*,
        tool_months.month < policies.first_open_month as is_over,
        tool_months.month >= {{ dbt.dateadd(
            'month', '-policies.usage_months', 'policies.first_open_month'
        ) }} as is_of_use,
        tool_months.month >= {{ dbt.dateadd(
            'month', '-policies.uptime_months', 'policies.first_open_month'
        ) }} as is_of_uptime
    from tool_months
    cross join policies

),

tool_uses as (

    select
        tool_id,
        coalesce(
            max_by(active_users, month)
            filter (where is_of_use and is_over and active_users is not null),
            max_by(active_users, month)
            filter (where not is_over and active_users is not null)
        ) as active_users,
        coalesce(
            avg(records_written) filter (where is_of_use and is_over),
            avg(records_written) filter (where not is_over)
        ) as monthly_records_written,
        sum(minutes_due) filter (where is_of_uptime) as minutes_due,
        sum(minutes_down) filter (where is_of_uptime) as minutes_down
    from placed_months
    group by tool_id

)

select * from tool_uses
