-- Grain: one row per check, dimension and value: its additive parts at as_of.

with

counted_parts as (

    select * from {{ ref('int_quality__check_sums') }}
    where is_counted

),

landing_ages as (

    select * from {{ ref('int_quality__landing_ages') }}

),

dimension_parts as (

    select
        check_name,
        'all' as dimension,
        'all' as dimension_value,
        numerator,
        denominator
    from counted_parts
    union all
    select
        check_name,
        'source' as dimension,
        source as dimension_value,
        numerator,
        denominator
    from counted_parts
    union all
    select
        check_name,
        'segment' as dimension,
        segment as dimension_value,
        numerator,
        denominator
    from counted_parts
    union all
    select
        check_name,
        'owner' as dimension,
        owner_id as dimension_value,
        numerator,
        denominator
    from counted_parts
    where owner_id is not null

),

check_totals as (

    select
        check_name,
        dimension,
        dimension_value,
        cast(sum(numerator) as double) as numerator,
        cast(sum(denominator) as double) as denominator
    from dimension_parts
    group by
        check_name,
        dimension,
        dimension_value
    union all
    select
        check_name,
        dimension,
        dimension_value,
        numerator,
        denominator
    from landing_ages

)

select * from check_totals
