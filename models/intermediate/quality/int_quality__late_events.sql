-- Grain: one row per touch or payment after as_of, per generic cost with days after
-- as_of, as staged, and per day after as_of of a cost that a platform reports.
-- A cost has no key of its own, so its columns and a number among equal ones make one.

{{ config(materialized='view') }}

with

late_touches as (

    select * from {{ ref('int_quality__late_touches') }}

),

costs as (

    select
        source,
        starts_on,
        ends_on,
        {{ dbt.datediff('starts_on', 'ends_on', 'day') }}
        + 1 as day_count,
        concat_ws(
            '|', platform, campaign_id, campaign_name, channel, cost_type,
            cast(amount as string), currency, cast(impressions as string),
            cast(clicks as string), cast(starts_on as string),
            cast(ends_on as string)
        ) as written_cost
    from {{ ref('stg_generic__spend') }}

),

ranged_costs as (

    -- A cost with an impossible range counts on its first day alone.
    select
        source,
        starts_on,
        case
            when day_count between 1 and {{ most_days() }} then ends_on
            else starts_on
        end as last_day,
        written_cost
    from costs

),

late_costs as (

    select
        source,
        written_cost,
        row_number() over (
            partition by source, written_cost
            order by last_day asc
        ) as repeat_number,
        {{ dbt.datediff(
            'greatest(' ~ dbt.dateadd('day', -1, 'starts_on') ~ ', '
            ~ reporting_date(as_of()) ~ ')',
            'last_day',
            'day'
        ) }} as excluded_days
    from ranged_costs
    where last_day > {{ reporting_date(as_of()) }}

),

reported_costs as (

    -- Generic costs are listed above as they are written.
    select
        late_spend_day_id,
        source
    from {{ ref('fct_late_spend_days') }}
    where source != 'generic'

),

late_payments as (

    select
        payment_id,
        source
    from {{ ref('stg_generic__payments') }}
    where not {{ known_by_as_of('paid_at') }}

),

late_events as (

    select
        'touches' as entity,
        touchpoint_id as record_key,
        source,
        substring(touchpoint_id, length(source) + 2) as record_id,
        cast(null as bigint) as excluded_days
    from late_touches
    union all
    select
        'spend_days' as entity,
        {{ dbt.hash("written_cost || '|' || cast(repeat_number as string)") }}
            as record_key,
        source,
        cast(null as string) as record_id,
        excluded_days
    from late_costs
    union all
    select
        'spend_days' as entity,
        late_spend_day_id as record_key,
        source,
        cast(null as string) as record_id,
        cast(1 as bigint) as excluded_days
    from reported_costs
    union all
    select
        'payments' as entity,
        payment_id as record_key,
        source,
        substring(payment_id, length(source) + 2) as record_id,
        cast(null as bigint) as excluded_days
    from late_payments

)

select * from late_events
