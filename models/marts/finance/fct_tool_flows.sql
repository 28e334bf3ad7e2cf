-- Grain: one row per tool that feeds data and tool, or id that no tool has, that it
-- feeds, as the inventory lists them.

with

tools as (

    select * from {{ ref('stg_generic__tools') }}

),

listed_flows as (

    select
        tools.tool_id as feeding_tool_id,
        {{ source_key(
            'generic', "split_part(tools.feeds_record_ids, ';', "
            ~ "cast(numbers.number + 1 as integer))"
        ) }} as fed_tool_id
    from tools
    inner join range({{ max_listed_ids() }}) as numbers (number)
        on {{ listed_id_count('tools.feeds_record_ids') }} > numbers.number

),

flows as (

    select
        feeding_tool_id,
        fed_tool_id
    from listed_flows
    where fed_tool_id is not null
    group by
        feeding_tool_id,
        fed_tool_id

),

tool_flows as (

    select
        flows.feeding_tool_id,
        flows.fed_tool_id,
        fed_tools.tool_id is not null as is_known,
        flows.feeding_tool_id = flows.fed_tool_id as is_self_feed,
        coalesce(fed_tools.is_critical, false) as is_fed_tool_critical
    from flows
    left join tools as fed_tools on flows.fed_tool_id = fed_tools.tool_id

)

select * from tool_flows
