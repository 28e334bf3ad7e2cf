-- Grain: one row per current closing, conversion of its month and step from what was
-- reported to what holds now. Steps add up to the difference, each with one reason.

with

compared_conversions as (

    select * from {{ ref('int_finance__compared_conversions') }}

),

journey_reasons as (

    select * from {{ ref('int_finance__journey_reasons') }}

),

explained_conversions as (

    select
        compared_conversions.*,
        coalesce(journey_reasons.reason, 'channel_change') as journey_reason
    from compared_conversions
    left join journey_reasons
        on
            compared_conversions.closing_id = journey_reasons.closing_id
            and compared_conversions.conversion_type = journey_reasons.conversion_type
            and compared_conversions.conversion_id = journey_reasons.conversion_id

),

steps as (

    select * from {{ ref('int_finance__steps') }}

),

conversion_steps as (

    select
        explained_conversions.closing_id,
        explained_conversions.conversion_type,
        explained_conversions.conversion_id,
        steps.step,
        steps.direction,
        case
            when steps.is_old then explained_conversions.reported_channel
            else explained_conversions.restated_channel
        end as channel,
        case
            when steps.is_old then explained_conversions.reported_unattributed_reason
            else explained_conversions.restated_unattributed_reason
        end as unattributed_reason,
        case
            when steps.is_old then explained_conversions.reported_is_marketing_sourced
            else explained_conversions.restated_is_marketing_sourced
        end as is_marketing_sourced,
        case
            when
                steps.is_old
                then explained_conversions.reported_is_marketing_influenced
            else explained_conversions.restated_is_marketing_influenced
        end as is_marketing_influenced,
        case
            when
                explained_conversions.existence_reason is not null
                then explained_conversions.existence_reason
            when steps.step <= 2 then explained_conversions.amount_reason
            else explained_conversions.journey_reason
        end as reason,
        coalesce(
            case
                when
                    steps.step = 1
                    then explained_conversions.reported_amount_usd
                else explained_conversions.restated_amount_usd
            end,
            0
        ) as amount_usd
    from explained_conversions
    inner join steps
        on
            (explained_conversions.is_reported or not steps.is_old)
            and (explained_conversions.is_restated or steps.step = 1)
            and (explained_conversions.existence_reason is null or steps.step in (1, 4))

)

select * from conversion_steps
