-- Grain: one row per tool, and all that is known of it at as_of.

with

tools as (

    select * from {{ ref('int_finance__tools') }}

),

tool_terms as (

    select * from {{ ref('int_finance__tool_terms') }}

),

tool_seats as (

    select * from {{ ref('int_finance__tool_seats') }}

),

tool_uses as (

    select * from {{ ref('int_finance__tool_uses') }}

),

tool_links as (

    select * from {{ ref('int_finance__tool_links') }}

),

policies as (

    select * from {{ ref('tool_policies') }}
    where {{ in_force() }}

),

category_peers as (

    select
        tools.tool_id,
        count(*) as overlapping_tools,
        {{ sorted_list('other_tools.tool_name', ', ') }} as overlapping_tool_names
    from tools
    inner join tools as other_tools
        on
            tools.category = other_tools.category
            and tools.tool_id != other_tools.tool_id
    where tools.is_inventoried and other_tools.is_inventoried
    group by tools.tool_id

),

joined_tools as (

    select
        tools.*,
        coalesce(tool_terms.has_contract, false) as has_contract,
        coalesce(tool_terms.contracts_without_rate, 0) = 0 as has_exchange_rate,
        cast(case
            when coalesce(tool_terms.contracts_without_rate, 0) = 0
                then coalesce(tool_terms.annual_cost_usd, 0)
        end as decimal(28, 6)) as annual_cost_usd,
        tool_terms.contract_ends_on,
        tool_terms.renews_on,
        cast({{ dbt.datediff(
            reporting_date(as_of()), 'tool_terms.renews_on', 'day'
        ) }} as bigint) as days_to_renewal,
        policies.notice_days,
        tool_terms.seats,
        coalesce(tool_seats.seats_held, 0) as seats_held,
        coalesce(tool_seats.leaver_seats, 0) as leaver_seats,
        coalesce(tool_seats.idle_holder_seats, 0) as idle_holder_seats,
        coalesce(tool_seats.unknown_holder_seats, 0) as unknown_holder_seats,
        coalesce(tool_uses.active_users, tool_seats.active_holders) as active_users,
        case
            when tool_uses.active_users is not null then 'usage'
            when tool_seats.active_holders is not null then 'seats'
        end as active_users_basis,
        tool_uses.monthly_records_written,
        cast(tool_uses.minutes_due - tool_uses.minutes_down as double)
        / nullif(cast(tool_uses.minutes_due as double), 0) as uptime_rate,
        coalesce(category_peers.overlapping_tools, 0) as overlapping_tools,
        category_peers.overlapping_tool_names,
        tool_links.feeds_tools,
        tool_links.fed_by_tools,
        tool_links.critical_tools_reached,
        tool_links.critical_tools_cut_off,
        tool_links.is_orphan
    from tools
    cross join policies
    inner join tool_links on tools.tool_id = tool_links.tool_id
    left join tool_terms on tools.tool_id = tool_terms.tool_id
    left join tool_seats on tools.tool_id = tool_seats.tool_id
    left join tool_uses on tools.tool_id = tool_uses.tool_id
    left join category_peers on tools.tool_id = category_peers.tool_id

),

tool_facts as (

    select
        *,
        coalesce(days_to_renewal <= notice_days, false) as is_renewal_due,
        cast(active_users as double) / nullif(seats, 0) as seat_utilisation_rate,
        cast(
            cast(annual_cost_usd as double) / nullif(active_users, 0)
            as decimal(28, 6)
        ) as cost_per_active_user_usd
    from joined_tools

)

select * from tool_facts
