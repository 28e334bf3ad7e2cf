-- Grain: one row per day of leads and day on which they became opportunities, with the
-- number of leads; a null day is of those that did not.

with

lead_funnel as (

    select
        {{ reporting_date('lead_at') }} as lead_date,
        {{ reporting_date('opportunity_at') }} as opportunity_date
    from {{ ref('fct_lead_funnel') }}
    where lead_at is not null

),

lead_days as (

    select
        lead_date,
        opportunity_date,
        count(*) as leads
    from lead_funnel
    group by
        lead_date,
        opportunity_date

)

select * from lead_days
