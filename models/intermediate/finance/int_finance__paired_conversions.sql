-- Grain: one row per current closing and conversion of its month, by then or now.

with

closed_months as (

    select
        closing_id,
        month
    from {{ ref('fct_closed_months') }}
    where is_current

),

reported_conversions as (

    select * from {{ ref('stg_meta__closed_conversions') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

known_conversions as (

    select reported_conversions.*
    from reported_conversions
    inner join closed_months
        on reported_conversions.closing_id = closed_months.closing_id

),

month_conversions as (

    select
        closed_months.closing_id,
        conversions.*
    from closed_months
    inner join conversions
        on closed_months.month = conversions.month

),

paired_conversions as (

    select
        coalesce(reported.closing_id, restated.closing_id) as closing_id,
        coalesce(reported.conversion_type, restated.conversion_type)
            as conversion_type,
        coalesce(reported.conversion_id, restated.conversion_id) as conversion_id,
        reported.conversion_id is not null as was_known,
        coalesce(reported.is_in_month, false) as is_reported,
        restated.conversion_id is not null as is_restated,
        reported.person_id as reported_person_id,
        restated.person_id as restated_person_id,
        reported.account_id as reported_account_id,
        restated.account_id as restated_account_id,
        reported.channel as reported_channel,
        restated.channel as restated_channel,
        reported.currency as reported_currency,
        restated.currency as restated_currency,
        reported.unattributed_reason as reported_unattributed_reason,
        restated.unattributed_reason as restated_unattributed_reason,
        reported.is_marketing_sourced as reported_is_marketing_sourced,
        restated.is_marketing_sourced as restated_is_marketing_sourced,
        reported.is_marketing_influenced as reported_is_marketing_influenced,
        restated.is_marketing_influenced as restated_is_marketing_influenced,
        reported.amount as reported_amount,
        restated.amount as restated_amount,
        reported.amount_usd as reported_amount_usd,
        restated.amount_usd as restated_amount_usd,
        reported.converted_at as reported_converted_at,
        restated.converted_at as restated_converted_at
    from known_conversions as reported
    full outer join month_conversions as restated
        on
            reported.closing_id = restated.closing_id
            and reported.conversion_type = restated.conversion_type
            and reported.conversion_id = restated.conversion_id
    where reported.is_in_month or restated.conversion_id is not null

)

select * from paired_conversions
