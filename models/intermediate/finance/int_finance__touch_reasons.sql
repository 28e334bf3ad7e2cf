-- Grain: one row per current closing, conversion that it shares with its month now, and
-- touch, credited on either side, about which something is another; with the reason.
-- Erased touches of a conversion are one row.

with

compared_credits as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        coalesce(touchpoint_id, 'erased') as touch_key,
        bool_or(is_reported) as is_reported,
        bool_or(is_restated) as is_restated
    from {{ ref('int_finance__compared_credits') }}
    group by
        closing_id,
        conversion_type,
        conversion_id,
        coalesce(touchpoint_id, 'erased')

),

compared_conversions as (

    select
        closing_id,
        conversion_type,
        conversion_id,
        restated_converted_at
    from {{ ref('int_finance__compared_conversions') }}
    where existence_reason is null

),

closed_months as (

    select
        closing_id,
        attribution_lookback_days * interval '1' day as lookback
    from {{ ref('fct_closed_months') }}

),

closed_touches as (

    select * from {{ ref('stg_meta__closed_touches') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

restatement_reasons as (

    select
        reason,
        reason_rank
    from {{ ref('restatement_reasons') }}

),

explained_touches as (

    select
        compared_credits.closing_id,
        compared_credits.conversion_type,
        compared_credits.conversion_id,
        compared_credits.touch_key,
        case
            when touchpoints.person_id is null then 'removed_touch'
            when
                known.touchpoint_id is null
                and touchpoints.touched_at
                >= compared_conversions.restated_converted_at - closed_months.lookback
                then 'late_touch'
            -- Touches before the lookback of then were not kept.
            when known.touchpoint_id is null then 'policy_change'
            when
                coalesce(known.person_id, '') != coalesce(touchpoints.person_id, '')
                or coalesce(known.account_id, '')
                != coalesce(touchpoints.account_id, '')
                then 'merge'
            when known.touched_at != touchpoints.touched_at then 'moved_touch'
            when
                known.channel != touchpoints.channel
                or known.is_marketing != touchpoints.is_marketing
                or known.is_direct != touchpoints.is_direct
                or known.is_sales != touchpoints.is_sales
                then 'channel_change'
            when
                compared_credits.is_reported != compared_credits.is_restated
                and not touchpoints.is_sales
                then 'contact_change'
        end as reason
    from compared_credits
    inner join compared_conversions
        on
            compared_credits.closing_id = compared_conversions.closing_id
            and compared_credits.conversion_type
            = compared_conversions.conversion_type
            and compared_credits.conversion_id = compared_conversions.conversion_id
    inner join closed_months
        on compared_credits.closing_id = closed_months.closing_id
    left join closed_touches as known
        on
            compared_credits.closing_id = known.closing_id
            and compared_credits.touch_key = known.touchpoint_id
    left join touchpoints
        on compared_credits.touch_key = touchpoints.touchpoint_id

),

touch_reasons as (

    select
        explained_touches.*,
        restatement_reasons.reason_rank
    from explained_touches
    inner join restatement_reasons
        on explained_touches.reason = restatement_reasons.reason

)

select * from touch_reasons
