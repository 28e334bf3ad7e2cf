-- Grain: one row per anomaly that something stands out in: what makes more of the
-- difference, beyond its usual share of the metric, than anything else does.

with

driver_shares as (

    select
        *,
        -- Sums of doubles may differ in their last bits.
        round(difference_share - usual_share, 9) as surplus_share
    from {{ ref('int_predictive__driver_shares') }}

),

anomaly_policies as (

    select least_driver_share
    from {{ ref('int_predictive__anomaly_policies') }}

),

anomaly_drivers as (

    select
        driver_shares.metric,
        driver_shares.segment,
        driver_shares.channel,
        driver_shares.week,
        driver_shares.dimension,
        driver_shares.dimension_value,
        round(driver_shares.usual_share, 9) as usual_share,
        round(driver_shares.difference_share, 9) as difference_share
    from driver_shares
    inner join anomaly_policies
        on driver_shares.surplus_share >= anomaly_policies.least_driver_share
    qualify
        row_number() over (
            partition by
                driver_shares.metric,
                driver_shares.segment,
                driver_shares.channel,
                driver_shares.week
            order by
                driver_shares.surplus_share desc,
                driver_shares.dimension asc,
                driver_shares.dimension_value asc
        ) = 1

)

select * from anomaly_drivers
