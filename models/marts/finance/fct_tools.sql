-- Grain: one row per tool of the inventory, and per tool that only a contract, a seat,
-- its use or an incident names: what it costs, who uses it, what hangs on it, and
-- whether to keep it.

with

tool_facts as (

    select * from {{ ref('int_finance__tool_facts') }}

),

tool_verdicts as (

    select * from {{ ref('int_finance__tool_verdicts') }}

),

tools as (

    select
        tool_facts.tool_id,
        tool_facts.tool_name,
        tool_facts.category,
        tool_facts.tool_owner,
        tool_facts.is_inventoried,
        tool_facts.is_critical,
        tool_facts.has_contract,
        tool_facts.has_exchange_rate,
        tool_facts.annual_cost_usd,
        tool_facts.contract_ends_on,
        tool_facts.renews_on,
        tool_facts.days_to_renewal,
        tool_facts.is_renewal_due,
        tool_facts.seats,
        tool_facts.seats_held,
        tool_facts.leaver_seats,
        tool_facts.idle_holder_seats,
        tool_facts.unknown_holder_seats,
        tool_facts.active_users,
        tool_facts.active_users_basis,
        tool_facts.seat_utilisation_rate,
        tool_facts.cost_per_active_user_usd,
        tool_facts.monthly_records_written,
        tool_facts.uptime_rate,
        tool_facts.overlapping_tools,
        tool_facts.overlapping_tool_names,
        tool_facts.feeds_tools,
        tool_facts.fed_by_tools,
        tool_facts.critical_tools_reached,
        tool_facts.critical_tools_cut_off,
        tool_facts.critical_tools_cut_off > 0 as is_single_point_of_failure,
        tool_facts.is_orphan,
        tool_verdicts.better_data,
        tool_verdicts.time_saved,
        tool_verdicts.better_outcome,
        tool_verdicts.recommendation,
        tool_verdicts.reason,
        tool_verdicts.saving_usd
    from tool_facts
    inner join tool_verdicts on tool_facts.tool_id = tool_verdicts.tool_id

)

select * from tools
