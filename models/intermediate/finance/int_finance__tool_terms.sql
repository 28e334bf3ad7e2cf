-- Grain: one row per tool that ever had a contract, and its terms at as_of.
-- A contract that is signed for later puts the renewal off; one without an end renews
-- on each anniversary.

with

tool_contracts as (

    select
        *,
        {{ reporting_date(as_of()) }} as as_of_day,
        cast({{ dbt.dateadd(
            'year',
            dbt.datediff('starts_on', reporting_date(as_of()), 'year'),
            'starts_on'
        ) }} as date) as anniversary
    from {{ ref('int_finance__tool_contracts') }}
    where last_day >= starts_on

),

exchange_rates as (

    select
        currency,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}
    where
        valid_from <= {{ reporting_date(as_of()) }}
        and valid_to > {{ reporting_date(as_of()) }}

),

dated_contracts as (

    select
        tool_contracts.*,
        tool_contracts.starts_on <= tool_contracts.as_of_day
        and tool_contracts.last_day >= tool_contracts.as_of_day as is_in_force,
        case
            when not tool_contracts.is_open_ended
                then cast(
                    {{ dbt.dateadd('day', 1, 'tool_contracts.last_day') }} as date
                )
            when
                tool_contracts.anniversary > tool_contracts.as_of_day
                and tool_contracts.anniversary > tool_contracts.starts_on
                then tool_contracts.anniversary
            else cast({{ dbt.dateadd(
                'year',
                'greatest('
                ~ dbt.datediff(
                    'tool_contracts.starts_on', 'tool_contracts.as_of_day', 'year'
                ) ~ ', 0) + 1',
                'tool_contracts.starts_on'
            ) }} as date)
        end as renews_on,
        {{ converted(
            'tool_contracts.annual_cost', 'exchange_rates.reporting_per_unit', 28, 6
        ) }} as annual_cost_usd
    from tool_contracts
    left join exchange_rates on tool_contracts.currency = exchange_rates.currency

),

tool_terms as (

    select
        tool_id,
        bool_or(is_in_force) as has_contract,
        count(*) filter (where is_in_force and annual_cost_usd is null)
            as contracts_without_rate,
        cast(sum(annual_cost_usd) filter (where is_in_force) as decimal(28, 6))
            as annual_cost_usd,
        cast(sum(seats) filter (where is_in_force) as bigint) as seats,
        case
            when not bool_or(is_open_ended) then max(last_day)
        end as contract_ends_on,
        case when bool_or(is_in_force) then max(renews_on) end as renews_on
    from dated_contracts
    group by tool_id

)

select * from tool_terms
