-- Grain: one row per tool of the inventory, and per tool that only a contract, a seat,
-- its use or an incident names.

with

inventory as (

    select * from {{ ref('stg_generic__tools') }}

),

tool_contracts as (

    select * from {{ ref('stg_generic__tool_contracts') }}

),

tool_usage as (

    select * from {{ ref('stg_generic__tool_usage') }}

),

tool_users as (

    select * from {{ ref('stg_generic__tool_users') }}

),

tool_incidents as (

    select * from {{ ref('stg_generic__tool_incidents') }}

),

named_tools as (

    select tool_id from inventory
    union
    select tool_id from tool_contracts
    union
    select tool_id from tool_usage
    union
    select tool_id from tool_users
    union
    select tool_id from tool_incidents

),

tools as (

    select
        named_tools.tool_id,
        inventory.tool_name,
        coalesce(inventory.category, 'unknown') as category,
        inventory.tool_owner,
        inventory.tool_id is not null as is_inventoried,
        coalesce(inventory.is_critical, false) as is_critical
    from named_tools
    left join inventory on named_tools.tool_id = inventory.tool_id

)

select * from tools
