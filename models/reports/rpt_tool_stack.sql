-- Grain: one row per tool, what to do first at the top.
-- What has to be decided before notice runs out comes first, then what saves most.

with

tools as (

    select * from {{ ref('fct_tools') }}

),

tool_stack as (

    select
        cast(row_number() over (
            order by
                (recommendation != 'keep' and is_renewal_due) desc,
                (recommendation != 'keep') desc,
                saving_usd desc nulls last,
                recommendation asc,
                annual_cost_usd desc nulls last,
                tool_id asc
        ) as bigint) as rank,
        coalesce(tool_name, tool_id) as tool_name,
        recommendation,
        reason,
        saving_usd,
        annual_cost_usd,
        seat_utilisation_rate,
        uptime_rate,
        renews_on
    from tools

)

select * from tool_stack
