-- Grain: one row per measure of how money is steered, and month; none where the measure
-- is of the day of as_of: its parts.

with

attribution_trust as (

    select
        is_met,
        measured_value
    from {{ ref('fct_attribution_trust') }}

),

credits as (

    select
        {{ reporting_month('converted_at') }} as month,
        conversion_id
    from {{ ref('fct_attribution_credits') }}
    where
        conversion_type = 'opportunity'
        and attribution_model = '{{ var("default_attribution_model") }}'
        and weight > 0

),

budget_months as (

    select
        month,
        is_budgeted,
        direct_spend_usd
    from {{ ref('fct_budget_months') }}
    where direct_spend_usd != 0

),

response_curves as (

    select
        pipeline_per_usd_low,
        recent_spend_usd
    from {{ ref('fct_response_curves') }}
    where recent_spend_usd > 0

),

money_parts as (

    select
        'attribution_criteria_rate' as measure,
        cast(null as date) as month,
        {{ metric_part('count(*) filter (where is_met)') }} as numerator,
        {{ metric_part('count(*)') }} as denominator,
        count(measured_value) as cases
    from attribution_trust
    union all
    select
        'touches_per_opportunity' as measure,
        month,
        {{ metric_part('count(*)') }} as numerator,
        {{ metric_part('count(distinct conversion_id)') }} as denominator,
        count(distinct conversion_id) as cases
    from credits
    group by month
    union all
    select
        'budgeted_spend_rate' as measure,
        month,
        {{ metric_part('sum(case when is_budgeted then direct_spend_usd else 0 end)') }}
            as numerator,
        {{ metric_part('sum(direct_spend_usd)') }} as denominator,
        count(*) as cases
    from budget_months
    group by month
    union all
    select
        'ranked_spend_rate' as measure,
        cast(null as date) as month,
        {{ metric_part(
            'sum(case when pipeline_per_usd_low is not null'
            ' then recent_spend_usd else 0 end)'
        ) }} as numerator,
        {{ metric_part('sum(recent_spend_usd)') }} as denominator,
        count(*) as cases
    from response_curves

)

select * from money_parts
