-- Grain: one row per team and week in which it was given MQLs, with how they were
-- answered. The team is that of the owner whose clock runs; nobody's have none.

with

reps as (

    select
        rep_id,
        coalesce(team, 'no team') as team
    from {{ ref('dim_reps') }}

),

lead_responses as (

    select
        owner_id,
        is_met,
        cast(date_trunc('week', {{ reporting_date('mql_at') }}) as date) as week
    from {{ ref('fct_lead_responses') }}

),

team_mqls as (

    select
        coalesce(reps.team, 'no team') as team,
        lead_responses.week,
        count(*) as mqls,
        count(lead_responses.is_met) as mqls_due,
        count(*) filter (where lead_responses.is_met) as mqls_in_time
    from lead_responses
    left join reps
        on lead_responses.owner_id = reps.rep_id
    group by
        coalesce(reps.team, 'no team'),
        lead_responses.week

)

select * from team_mqls
