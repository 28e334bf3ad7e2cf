-- Grain: one row per rate of a currency on a day, as landed.

with

exchange_rates as (

    select * from {{ source('generic', 'exchange_rates') }}

),

renamed as (

    select
        upper(trim(currency)) as currency,
        rate_date,
        usd_per_unit
    from exchange_rates

)

select * from renamed
