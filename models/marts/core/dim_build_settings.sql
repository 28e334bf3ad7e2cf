-- Grain: one row per build, which is the last one: the settings that it went by.

with

build_settings as (

    select
        '{{ var("reporting_currency") }}' as reporting_currency,
        '{{ var("reporting_time_zone") }}' as reporting_time_zone,
        cast({{ var('fiscal_year_start_month') }} as integer)
            as fiscal_year_start_month,
        cast({{ var('attribution_lookback_days') }} as integer)
            as attribution_lookback_days,
        '{{ var("default_attribution_model") }}' as default_attribution_model,
        {{ as_of() }} as as_of

)

select * from build_settings
