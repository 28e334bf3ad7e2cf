-- Grain: one row per build, which is the last one: when it began.
-- An export asks what has landed since. No mart, as builds of the same would differ.

with

build_moments as (

    select
        cast(
            '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp
        ) as began_at

)

select * from build_moments
