-- Grain: one row per channel and week of touches that earned credit, by the default
-- attribution model. Credit counts in the week of the touch, when the money worked.

with

credits as (

    select
        touchpoint_id,
        channel,
        conversion_type,
        {{ exact_share('weight') }} as weight,
        credit_usd
    from {{ ref('fct_attribution_credits') }}
    where
        attribution_model = '{{ var("default_attribution_model") }}'
        and conversion_type in ('mql', 'opportunity')

),

touchpoints as (

    select
        touchpoint_id,
        touched_at
    from {{ ref('fct_touchpoints') }}

),

dated_credits as (

    select
        credits.channel,
        cast(
            date_trunc('week', {{ reporting_date('touchpoints.touched_at') }}) as date
        ) as week,
        credits.conversion_type,
        credits.weight,
        credits.credit_usd
    from credits
    inner join touchpoints on credits.touchpoint_id = touchpoints.touchpoint_id

),

credit_weeks as (

    select
        channel,
        week,
        sum(weight) filter (where conversion_type = 'mql') as mqls,
        sum(weight) filter (where conversion_type = 'opportunity') as opportunities,
        sum(credit_usd) as pipeline_usd
    from dated_credits
    group by
        channel,
        week

)

select * from credit_weeks
