-- Grain: one row per measure of how predictions come true and how well sales and
-- customer success are joined, and month; none where it is of all time or today.

with

score_validations as (

    select
        *,
        {{ reporting_month('validated_at') }} as month
    from {{ ref('fct_score_validations') }}

),

standing_scores as (

    select
        month,
        leads,
        auc,
        rule_auc
    from score_validations
    where is_in_force and is_latest

),

last_of_months as (

    select
        month,
        auc_over_rules
    from score_validations
    qualify
        row_number() over (
            partition by month
            order by validated_at desc, is_in_force desc, model_version desc
        ) = 1

),

forecast_accuracies as (

    select
        held_intervals,
        back_tests
    from {{ ref('fct_forecast_accuracies') }}
    where segment = 'total'

),

people_checks as (

    select
        numerator,
        denominator
    from {{ ref('fct_quality_checks') }}
    where
        check_name = 'peopleless_opportunity_share'
        and dimension = 'all'
        and checked_on = {{ reporting_date(as_of()) }}

),

retention_months as (

    select
        channel,
        customers,
        mrr_usd
    from {{ ref('fct_retention_months') }}
    where month = {{ reporting_month(as_of()) }}

),

prediction_parts as (

    select
        'rule_score_auc' as measure,
        month,
        {{ metric_part('rule_auc') }} as numerator,
        {{ metric_part('1') }} as denominator,
        case when rule_auc is null then 0 else leads end as cases
    from standing_scores
    union all
    select
        'predictive_score_auc' as measure,
        month,
        {{ metric_part('auc') }} as numerator,
        {{ metric_part('1') }} as denominator,
        case when auc is null then 0 else leads end as cases
    from standing_scores
    union all
    select
        'proven_score_months' as measure,
        month,
        {{ metric_part('case when auc_over_rules > 0 then 1 else 0 end') }}
            as numerator,
        {{ metric_part('null') }} as denominator,
        1 as cases
    from last_of_months
    union all
    select
        'held_interval_rate' as measure,
        cast(null as date) as month,
        {{ metric_part('coalesce(sum(held_intervals), 0)') }} as numerator,
        {{ metric_part('coalesce(sum(back_tests), 0)') }} as denominator,
        cast(coalesce(sum(back_tests), 0) as bigint) as cases
    from forecast_accuracies
    union all
    select
        'opportunity_people_rate' as measure,
        cast(null as date) as month,
        {{ metric_part('denominator - numerator') }} as numerator,
        {{ metric_part('denominator') }} as denominator,
        cast(denominator as bigint) as cases
    from people_checks
    union all
    select
        'traced_revenue_rate' as measure,
        cast(null as date) as month,
        {{ metric_part(
            "sum(case when channel = 'unattributed' then 0 else mrr_usd end)"
        ) }} as numerator,
        {{ metric_part('sum(mrr_usd)') }} as denominator,
        cast(round(coalesce(sum(customers), 0)) as bigint) as cases
    from retention_months

)

select * from prediction_parts
