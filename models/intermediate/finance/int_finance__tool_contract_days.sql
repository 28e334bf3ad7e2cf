-- Grain: one row per contract of a tool and day up to as_of on which it is in force.
-- A year's price is spread evenly over the days from one anniversary to the next, so
-- that a whole year of a contract costs its price exactly, leap years too.

with

tool_contracts as (

    select
        *,
        least(last_day, {{ reporting_date(as_of()) }}) as last_known_day
    from {{ ref('int_finance__tool_contracts') }}

),

contract_days as (

    select
        tool_contracts.tool_id,
        tool_contracts.contract_number,
        tool_contracts.annual_cost,
        tool_contracts.currency,
        tool_contracts.seats,
        tool_contracts.starts_on,
        cast(
            {{ dbt.dateadd('day', 'numbers.number', 'tool_contracts.starts_on') }}
            as date
        ) as contract_date
    from tool_contracts
    inner join range({{ most_days() }}) as numbers (number)
        on
            {{ dbt.datediff(
                'tool_contracts.starts_on', 'tool_contracts.last_known_day', 'day'
            ) }} >= numbers.number

),

anniversaries as (

    select
        tool_contracts.tool_id,
        tool_contracts.contract_number,
        cast(
            {{ dbt.dateadd('year', 'numbers.number', 'tool_contracts.starts_on') }}
            as date
        ) as year_from,
        cast(
            {{ dbt.dateadd('year', 'numbers.number + 1', 'tool_contracts.starts_on') }}
            as date
        ) as year_to
    from tool_contracts
    inner join range({{ most_days() }}) as numbers (number)
        on
            {{ dbt.datediff(
                'tool_contracts.starts_on', 'tool_contracts.last_known_day', 'year'
            ) }} >= numbers.number

),

numbered_days as (

    select
        contract_days.*,
        {{ dbt.datediff(
            'anniversaries.year_from', 'contract_days.contract_date', 'day'
        ) }} + 1 as day_number,
        {{ dbt.datediff('anniversaries.year_from', 'anniversaries.year_to', 'day') }}
            as day_count
    from contract_days
    inner join anniversaries
        on
            contract_days.tool_id = anniversaries.tool_id
            and contract_days.contract_number = anniversaries.contract_number
            and contract_days.contract_date >= anniversaries.year_from
            and contract_days.contract_date < anniversaries.year_to

),

tool_contract_days as (

    select
        tool_id,
        contract_number,
        contract_date,
        currency,
        seats,
        {{ even_share(
            'annual_cost', 'day_number', 'day_count', 'decimal(28, 6)', 6
        ) }} as cost
    from numbered_days

)

select * from tool_contract_days
