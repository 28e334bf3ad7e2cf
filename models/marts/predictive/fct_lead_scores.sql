-- Grain: one row per person whose latest lead has been scored by the model in force.
-- Without a promoted model it is empty, and the rule score is what there is to go by.

with

model_in_force as (

    select * from {{ ref('int_predictive__model_in_force') }}

),

scored_leads as (

    select * from {{ ref('int_predictive__scored_leads') }}
    qualify row_number() over (
        partition by person_id order by cycle_number desc
    ) = 1

),

lead_points as (

    select * from {{ ref('int_predictive__lead_points') }}

),

reasons as (

    select
        lead_id,
        feature,
        reason,
        points_above_average
    from lead_points
    where points_above_average > 0
    qualify row_number() over (
        partition by lead_id
        order by
            points_above_average desc,
            feature asc
    ) <= 3

),

told_reasons as (

    select
        lead_id,
        {{ dbt.listagg(
            'reason', "'; '", 'order by points_above_average desc, feature asc'
        ) }} as top_reasons
    from reasons
    group by lead_id

),

total_points as (

    select
        lead_id,
        cast(sum(points) as integer) as points
    from lead_points
    group by lead_id

),

lead_scores as (

    select
        scored_leads.person_id,
        scored_leads.lead_id,
        scored_leads.account_id,
        model_in_force.model_version,
        round(
            1 / (
                1 + exp(
                    -(
                        model_in_force.intercept
                        + model_in_force.slope * total_points.points
                    )
                )
            ), 6
        ) as probability,
        total_points.points,
        coalesce(told_reasons.top_reasons, 'Nothing above the average') as top_reasons,
        scored_leads.opportunity_at is null
        and scored_leads.scored_at
        + model_in_force.horizon_days * interval '1' day
        > {{ as_of() }} as is_open,
        scored_leads.lead_at,
        scored_leads.scored_at,
        scored_leads.scored_at
        + model_in_force.horizon_days * interval '1' day as horizon_ends_at
    from scored_leads
    inner join total_points
        on scored_leads.lead_id = total_points.lead_id
    left join told_reasons
        on scored_leads.lead_id = told_reasons.lead_id
    cross join model_in_force

)

select * from lead_scores
