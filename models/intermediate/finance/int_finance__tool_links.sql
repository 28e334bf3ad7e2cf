-- Grain: one row per tool, and how it stands in the flow of data.
-- A tool cuts a critical one off when some third tool's data reaches that only by way
-- of it.

with

tools as (

    select * from {{ ref('int_finance__tools') }}

),

flows as (

    select * from {{ ref('fct_tool_flows') }}
    where not is_self_feed

),

tool_paths as (

    select * from {{ ref('int_finance__tool_paths') }}
    where from_tool_id != to_tool_id

),

whole_paths as (

    select
        tool_paths.from_tool_id,
        tool_paths.to_tool_id
    from tool_paths
    inner join tools on tool_paths.to_tool_id = tools.tool_id
    where tool_paths.removed_tool_id is null and tools.is_critical

),

removed_tools as (

    -- Without a hub no path may be left at all, so that paths do not name it.
    select feeding_tool_id as removed_tool_id
    from flows
    where is_known
    intersect
    select fed_tool_id as removed_tool_id
    from flows
    where is_known

),

outflows as (

    select
        feeding_tool_id as tool_id,
        count(*) as feeds_tools
    from flows
    group by feeding_tool_id

),

inflows as (

    select
        fed_tool_id as tool_id,
        count(*) as fed_by_tools
    from flows
    group by fed_tool_id

),

reaches as (

    select
        from_tool_id as tool_id,
        count(*) as critical_tools_reached
    from whole_paths
    group by from_tool_id

),

cuts as (

    select
        removed_tools.removed_tool_id as tool_id,
        count(distinct whole_paths.to_tool_id) as critical_tools_cut_off
    from removed_tools
    inner join whole_paths
        on
            removed_tools.removed_tool_id != whole_paths.from_tool_id
            and removed_tools.removed_tool_id != whole_paths.to_tool_id
    left join tool_paths
        on
            removed_tools.removed_tool_id = tool_paths.removed_tool_id
            and whole_paths.from_tool_id = tool_paths.from_tool_id
            and whole_paths.to_tool_id = tool_paths.to_tool_id
    where tool_paths.to_tool_id is null
    group by removed_tools.removed_tool_id

),

tool_links as (

    select
        tools.tool_id,
        coalesce(outflows.feeds_tools, 0) as feeds_tools,
        coalesce(inflows.fed_by_tools, 0) as fed_by_tools,
        coalesce(reaches.critical_tools_reached, 0)
        + case when tools.is_critical then 1 else 0 end as critical_tools_reached,
        coalesce(cuts.critical_tools_cut_off, 0) as critical_tools_cut_off,
        outflows.tool_id is null and inflows.tool_id is null as is_orphan
    from tools
    left join outflows on tools.tool_id = outflows.tool_id
    left join inflows on tools.tool_id = inflows.tool_id
    left join reaches on tools.tool_id = reaches.tool_id
    left join cuts on tools.tool_id = cuts.tool_id

)

select * from tool_links
