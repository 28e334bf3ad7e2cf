-- Grain: one row per conversion: an MQL cycle, an opportunity created, a deal won.

with

conversion_values as (

    select * from {{ ref('int_finance__conversion_values') }}

),

credited_conversions as (

    select
        conversion_type,
        conversion_id,
        min(converted_at) as converted_at
    from {{ ref('fct_attribution_credits') }}
    group by
        conversion_type,
        conversion_id

),

unattributed_conversions as (

    select
        conversion_type,
        conversion_id,
        reason,
        converted_at
    from {{ ref('fct_unattributed_conversions') }}

),

conversions as (

    select
        conversion_values.*,
        unattributed_conversions.reason as unattributed_reason,
        coalesce(
            credited_conversions.converted_at, unattributed_conversions.converted_at
        ) as converted_at
    from conversion_values
    left join credited_conversions
        on
            conversion_values.conversion_type = credited_conversions.conversion_type
            and conversion_values.conversion_id = credited_conversions.conversion_id
    left join unattributed_conversions
        on
            conversion_values.conversion_type
            = unattributed_conversions.conversion_type
            and conversion_values.conversion_id
            = unattributed_conversions.conversion_id

),

dated_conversions as (

    select
        conversion_type,
        conversion_id,
        person_id,
        account_id,
        segment,
        channel,
        currency,
        unattributed_reason,
        is_marketing_sourced,
        is_marketing_influenced,
        has_exchange_rate,
        amount,
        amount_usd,
        cast(date_trunc('month', {{ reporting_date('converted_at') }}) as date)
            as month,
        converted_at
    from conversions

)

select * from dated_conversions
