-- Grain: one row per metric that is a state, month up to that of as_of, segment, owner
-- and source: its parts at the end of the month.
-- What was made on a day that nobody knows is in no month, and stands under none.

{{ config(materialized='view') }}

with

state_changes as (

    select * from {{ ref('int_quality__state_changes') }}

),

cells as (

    select
        metric,
        segment,
        owner_id,
        source,
        min(month) as first_month
    from state_changes
    where month is not null
    group by
        metric,
        segment,
        owner_id,
        source

),

months as (

    select
        cast(
            date_trunc('month', {{ reporting_date(as_of()) }})
            - numbers.number * interval '1' month as date
        ) as month
    from range({{ most_months() }}) as numbers (number)

),

cell_months as (

    select
        cells.metric,
        months.month,
        cells.segment,
        cells.owner_id,
        cells.source
    from cells
    inner join months
        on cells.first_month <= months.month

),

standing_parts as (

    select
        cell_months.metric,
        cell_months.month,
        cell_months.segment,
        cell_months.owner_id,
        cell_months.source,
        sum(coalesce(state_changes.numerator, 0)) over cell as numerator,
        sum(coalesce(state_changes.denominator, 0)) over cell as denominator
    from cell_months
    left join state_changes
        on
            cell_months.metric = state_changes.metric
            and cell_months.month = state_changes.month
            and cell_months.segment is not distinct from state_changes.segment
            and cell_months.owner_id is not distinct from state_changes.owner_id
            and cell_months.source is not distinct from state_changes.source
    window cell as (
        partition by
            cell_months.metric,
            cell_months.segment,
            cell_months.owner_id,
            cell_months.source
        order by cell_months.month
    )

),

all_parts as (

    select * from standing_parts
    union all
    select * from state_changes
    where month is null

),

state_parts as (

    select
        metric,
        month,
        cast(null as string) as channel,
        segment,
        cast(null as string) as campaign_id,
        owner_id,
        source,
        {{ metric_part('numerator') }} as numerator,
        {{ metric_part('denominator') }} as denominator
    from all_parts

)

select * from state_parts
