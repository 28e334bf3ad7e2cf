-- Grain: one row per tool that is thought away, or null for none, and two tools between
-- which data still finds a way.
-- Only a tool that both takes and gives data can cut others off.

with recursive

flows as (

    select
        feeding_tool_id,
        fed_tool_id
    from {{ ref('fct_tool_flows') }}
    where is_known and not is_self_feed

),

removed_tools as (

    select cast(null as string) as removed_tool_id
    union
    select outflows.feeding_tool_id as removed_tool_id
    from flows as outflows
    inner join flows as inflows
        on outflows.feeding_tool_id = inflows.fed_tool_id

),

open_flows as (

    select
        removed_tools.removed_tool_id,
        flows.feeding_tool_id,
        flows.fed_tool_id
    from removed_tools
    inner join flows
        on
            flows.feeding_tool_id is distinct from removed_tools.removed_tool_id
            and flows.fed_tool_id is distinct from removed_tools.removed_tool_id

),

{{ walks('open_flows', 'feeding_tool_id', 'fed_tool_id', key='removed_tool_id') }},

tool_paths as (

    select
        removed_tool_id,
        start_id as from_tool_id,
        reached_id as to_tool_id
    from walks

)

select * from tool_paths
