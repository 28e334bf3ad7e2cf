-- Grain: one row per source that ever landed, and one for all of them, the stalest.
-- A build of a past day reads what landed since: nothing is late there.

{{ config(materialized='view') }}

with

last_loads as (

    select
        source,
        max(loaded_at) as last_landed_at,
        {{ as_of() }} as as_of
    from {{ ref('stg_meta__loads') }}
    group by source

),

source_ages as (

    select
        source,
        {{ dbt.datediff('last_landed_at', 'as_of', 'minute') }}
        / 60e0 as age
    from last_loads

),

landing_ages as (

    select
        'landing_age_hours' as check_name,
        'source' as dimension,
        source as dimension_value,
        cast(greatest(age, 0) as double) as numerator,
        cast(null as double) as denominator
    from source_ages
    union all
    select
        'landing_age_hours' as check_name,
        'all' as dimension,
        'all' as dimension_value,
        cast(greatest(max(age), 0) as double) as numerator,
        cast(null as double) as denominator
    from source_ages
    having count(*) > 0

)

select * from landing_ages
