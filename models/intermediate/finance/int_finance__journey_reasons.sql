-- Grain: one row per current closing and conversion that it shares with its month now,
-- where a touch or the conversion itself is another; with the first reason of all.

with

touch_reasons as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        reason,
        reason_rank
    from {{ ref('int_finance__touch_reasons') }}

),

compared_conversions as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        own_reason
    from {{ ref('int_finance__compared_conversions') }}
    where
        existence_reason is null
        and own_reason is not null

),

restatement_reasons as (

    select
        reason,
        reason_rank
    from {{ ref('restatement_reasons') }}

),

all_reasons as (

    select * from touch_reasons
    union all
    select
        compared_conversions.closing_id,
        compared_conversions.conversion_type,
        compared_conversions.conversion_id,
        restatement_reasons.reason,
        restatement_reasons.reason_rank
    from compared_conversions
    inner join restatement_reasons
        on compared_conversions.own_reason = restatement_reasons.reason

),

journey_reasons as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        min_by(reason, reason_rank) as reason
    from all_reasons
    group by
        closing_id,
        conversion_type,
        conversion_id

)

select * from journey_reasons
