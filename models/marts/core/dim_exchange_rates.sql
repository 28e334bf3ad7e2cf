-- Grain: one row per currency and span of days in which one rate holds.
-- A rate holds from its day until the next one known at as_of. The reporting currency
-- converts at 1 on every day; dollars need no rate.

with

exchange_rates as (

    select
        currency,
        rate_date,
        max(usd_per_unit) as usd_per_unit
    from {{ ref('stg_generic__exchange_rates') }}
    where
        currency != 'USD'
        and usd_per_unit > 0
        and rate_date <= {{ reporting_date(as_of()) }}
    group by
        currency,
        rate_date

),

dollar_spans as (

    select
        currency,
        rate_date as valid_from,
        coalesce(
            lead(rate_date) over (partition by currency order by rate_date asc),
            cast('9999-12-31' as date)
        ) as valid_to,
        usd_per_unit
    from exchange_rates
    union all
    select
        'USD' as currency,
        cast('1900-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_to,
        cast(1 as double) as usd_per_unit

),

reporting_spans as (

    select
        valid_from,
        valid_to,
        usd_per_unit
    from dollar_spans
    where currency = '{{ var("reporting_currency") }}'

),

converted_spans as (

    select
        dollar_spans.currency,
        greatest(dollar_spans.valid_from, reporting_spans.valid_from) as valid_from,
        least(dollar_spans.valid_to, reporting_spans.valid_to) as valid_to,
        dollar_spans.usd_per_unit,
        dollar_spans.usd_per_unit / reporting_spans.usd_per_unit as reporting_per_unit
    from dollar_spans
    inner join reporting_spans
        on
            dollar_spans.valid_from < reporting_spans.valid_to
            and dollar_spans.valid_to > reporting_spans.valid_from
    where dollar_spans.currency != '{{ var("reporting_currency") }}'
    union all
    select
        '{{ var("reporting_currency") }}' as currency,
        cast('1900-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_to,
        cast(null as double) as usd_per_unit,
        cast(1 as double) as reporting_per_unit

)

select * from converted_spans
