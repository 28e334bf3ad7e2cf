-- Grain: one row per current closing, conversion of its month, attribution model, touch
-- and step from what was reported to what holds now, as in the conversions' own steps.
-- Where the weight is the same, the new amount is worth the new credit to the last
-- digit.

with

compared_credits as (

    select
        *,
        coalesce(cast(reported_weight as decimal(28, 10)), 0) as old_weight,
        coalesce(cast(restated_weight as decimal(28, 10)), 0) as new_weight,
        coalesce(reported_credit_usd, 0) as old_credit_usd,
        coalesce(restated_credit_usd, 0) as new_credit_usd
    from {{ ref('int_finance__compared_credits') }}
    -- Most of a closed month is as it was.
    qualify
        bool_or(
            old_weight != new_weight
            or old_credit_usd != new_credit_usd
            or coalesce(reported_channel, '') != coalesce(restated_channel, '')
        ) over (
            partition by closing_id, conversion_type, conversion_id, attribution_model
        )

),

compared_conversions as (

    select * from {{ ref('int_finance__compared_conversions') }}

),

credit_reasons as (

    select * from {{ ref('int_finance__credit_reasons') }}

),

valued_credits as (

    select
        compared_credits.*,
        compared_conversions.existence_reason,
        compared_conversions.amount_reason,
        credit_reasons.reason as weight_reason,
        case
            when
                compared_conversions.reported_amount_usd
                = compared_conversions.restated_amount_usd
                then compared_credits.old_credit_usd
            when compared_credits.reported_weight = compared_credits.restated_weight
                then compared_credits.new_credit_usd
            else cast(
                coalesce(
                    compared_conversions.restated_amount_usd
                    * compared_credits.reported_weight,
                    0
                ) as decimal(28, 10)
            )
        end as revalued_usd
    from compared_credits
    inner join compared_conversions
        on
            compared_credits.closing_id = compared_conversions.closing_id
            and compared_credits.conversion_type = compared_conversions.conversion_type
            and compared_credits.conversion_id = compared_conversions.conversion_id
    left join credit_reasons
        on
            compared_credits.closing_id = credit_reasons.closing_id
            and compared_credits.conversion_type = credit_reasons.conversion_type
            and compared_credits.conversion_id = credit_reasons.conversion_id
            and compared_credits.attribution_model = credit_reasons.attribution_model

),

steps as (

    select * from {{ ref('int_finance__steps') }}

),

credit_steps as (

    select
        valued_credits.closing_id,
        valued_credits.conversion_type,
        valued_credits.conversion_id,
        valued_credits.attribution_model,
        steps.step,
        steps.direction,
        case
            when steps.is_old then valued_credits.reported_channel
            else valued_credits.restated_channel
        end as channel,
        case
            when valued_credits.existence_reason is not null
                then valued_credits.existence_reason
            when steps.step <= 2 then valued_credits.amount_reason
            else valued_credits.weight_reason
        end as reason,
        case
            when steps.is_old then valued_credits.old_weight
            else valued_credits.new_weight
        end as weight,
        case steps.step
            when 1 then valued_credits.old_credit_usd
            when 4 then valued_credits.new_credit_usd
            else valued_credits.revalued_usd
        end as credit_usd
    from valued_credits
    inner join steps
        on
            (
                valued_credits.existence_reason is null
                or steps.step in (1, 4)
            )
            and case
                when steps.is_old then valued_credits.is_reported
                else valued_credits.is_restated
            end

)

select * from credit_steps
