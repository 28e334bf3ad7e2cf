-- Grain: one row per current closing and conversion of its month, by then or now, with
-- the reasons that lie in the conversion itself.
-- existence_reason is there where only one of both months has it, own_reason where what
-- it is beside its amount changed.

with

paired_conversions as (

    select * from {{ ref('int_finance__paired_conversions') }}

),

closed_months as (

    select
        closing_id,
        attribution_lookback_days
    from {{ ref('fct_closed_months') }}

),

build_settings as (

    select attribution_lookback_days
    from {{ ref('dim_build_settings') }}

),

conversions as (

    select
        conversion_type,
        conversion_id
    from {{ ref('fct_conversions') }}

),

moved_people as (

    select * from {{ ref('int_finance__moved_people') }}

),

compared_conversions as (

    select
        paired_conversions.*,
        case
            when paired_conversions.is_reported and paired_conversions.is_restated
                then null
            when paired_conversions.was_known and conversions.conversion_id is not null
                then 'date_change'
            when
                paired_conversions.conversion_type = 'mql'
                and moved_people.person_id is not null
                then 'merge'
            when paired_conversions.is_reported then 'vanished_conversion'
            else 'new_conversion'
        end as existence_reason,
        case
            when
                paired_conversions.reported_currency
                = paired_conversions.restated_currency
                and paired_conversions.reported_amount
                = paired_conversions.restated_amount
                then 'rate_change'
            else 'amount_change'
        end as amount_reason,
        case
            when
                coalesce(paired_conversions.reported_person_id, '')
                != coalesce(paired_conversions.restated_person_id, '')
                or coalesce(paired_conversions.reported_account_id, '')
                != coalesce(paired_conversions.restated_account_id, '')
                then 'merge'
            when
                paired_conversions.reported_converted_at
                != paired_conversions.restated_converted_at
                then 'date_change'
            when
                closed_months.attribution_lookback_days
                != build_settings.attribution_lookback_days
                then 'policy_change'
        end as own_reason
    from paired_conversions
    inner join closed_months
        on paired_conversions.closing_id = closed_months.closing_id
    cross join build_settings
    left join conversions
        on
            paired_conversions.conversion_type = conversions.conversion_type
            and paired_conversions.conversion_id = conversions.conversion_id
    left join moved_people
        on
            paired_conversions.closing_id = moved_people.closing_id
            and coalesce(
                paired_conversions.reported_person_id,
                paired_conversions.restated_person_id
            ) = moved_people.person_id

)

select * from compared_conversions
