-- Grain: one row per contract of a tool, with the days on which it is in force.
-- A contract without an end is replaced by the next one of its tool; contracts with
-- ends that overlap, such as seats bought on top, are both in force.

with

staged_contracts as (

    select
        tool_id,
        annual_cost,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        seats,
        starts_on,
        ends_on
    from {{ ref('stg_generic__tool_contracts') }}
    group by
        tool_id,
        annual_cost,
        currency,
        seats,
        starts_on,
        ends_on

),

contract_starts as (

    select
        tool_id,
        starts_on
    from staged_contracts
    group by
        tool_id,
        starts_on

),

next_starts as (

    select
        tool_id,
        starts_on,
        lead(starts_on) over (
            partition by tool_id
            order by starts_on asc
        ) as next_starts_on
    from contract_starts

),

tool_contracts as (

    select
        staged_contracts.tool_id,
        row_number() over (
            partition by staged_contracts.tool_id
            order by
                staged_contracts.starts_on asc,
                staged_contracts.ends_on asc,
                staged_contracts.annual_cost asc,
                staged_contracts.currency asc,
                staged_contracts.seats asc
        ) as contract_number,
        staged_contracts.annual_cost,
        staged_contracts.currency,
        staged_contracts.seats,
        staged_contracts.ends_on is null
        and next_starts.next_starts_on is null as is_open_ended,
        staged_contracts.starts_on,
        coalesce(
            staged_contracts.ends_on,
            cast({{ dbt.dateadd('day', -1, 'next_starts.next_starts_on') }} as date),
            cast('9999-12-31' as date)
        ) as last_day
    from staged_contracts
    inner join next_starts
        on
            staged_contracts.tool_id = next_starts.tool_id
            and staged_contracts.starts_on = next_starts.starts_on

)

select * from tool_contracts
