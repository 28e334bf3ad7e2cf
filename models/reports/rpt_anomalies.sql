-- Grain: one row per metric, segment, channel and week out of the ordinary, the newest
-- first, and then by the money at stake. Sums stand beside their parts, so that money
-- does not add up over rows.

with

anomalies as (

    select * from {{ ref('fct_anomalies') }}

),

reps as (

    select
        rep_id,
        rep_name
    from {{ ref('dim_reps') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name
    from {{ ref('dim_campaigns') }}

),

worded_anomalies as (

    select
        anomalies.*,
        anomalies.label || ': '
        || {{ figure_in_words('anomalies.observed', 'anomalies.kind') }}
        || ' in the week of ' || cast(anomalies.period_start as string)
        || ', ' || anomalies.direction || ' the expected '
        || {{ figure_in_words('anomalies.expected', 'anomalies.kind') }}
        || ' (' || {{ figure_in_words('anomalies.expected_low', 'anomalies.kind') }}
        || ' to ' || {{ figure_in_words('anomalies.expected_high', 'anomalies.kind') }}
        || ')' as finding,
        coalesce(
            anomalies.driver_dimension || ' '
            || coalesce(reps.rep_name, campaigns.campaign_name, anomalies.driver_value)
            || ': '
            || {{ figure_in_words('anomalies.driver_share', "'rate'") }}
            || ' of the difference, usually '
            || {{ figure_in_words('anomalies.driver_usual_share', "'rate'") }}
            || ' of the metric',
            'nothing that stands out'
        ) as driver
    from anomalies
    left join reps
        on
            anomalies.driver_dimension = 'owner'
            and anomalies.driver_value = reps.rep_id
    left join campaigns
        on
            anomalies.driver_dimension = 'campaign'
            and anomalies.driver_value = campaigns.campaign_id

),

report as (

    select
        cast(row_number() over (
            order by
                detected_on desc,
                money_at_stake_usd desc,
                anomaly_id asc
        ) as integer) as place,
        detected_on,
        metric,
        segment,
        channel,
        finding,
        driver,
        money_at_stake_usd,
        owner
    from worded_anomalies

)

select * from report
