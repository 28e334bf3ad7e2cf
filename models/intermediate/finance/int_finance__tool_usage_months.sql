-- Grain: one row per tool and month up to as_of's in which its use was measured.
-- Of figures that landed twice for a month the greater stands: use only grows in it.

with

tool_usage as (

    select * from {{ ref('stg_generic__tool_usage') }}
    where usage_month <= {{ reporting_date(as_of()) }}

),

tool_usage_months as (

    select
        tool_id,
        usage_month as month,
        cast(max(active_users) as bigint) as active_users,
        cast(max(records_written) as bigint) as records_written
    from tool_usage
    group by
        tool_id,
        usage_month

)

select * from tool_usage_months
