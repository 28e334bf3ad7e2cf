-- Grain: one row per team and week in which it was given MQLs, with how they were
-- answered. The team is the one that the owner whose clock runs counts for, whichever
-- system's user that is; nobody's have none.

with

rep_identities as (

    select
        rep_id,
        rep_key
    from {{ ref('int_lifecycle__rep_identities') }}

),

lead_reps as (

    select
        rep_key,
        team
    from {{ ref('int_lifecycle__lead_reps') }}

),

owners as (

    select
        rep_identities.rep_id,
        lead_reps.team
    from rep_identities
    inner join lead_reps
        on rep_identities.rep_key = lead_reps.rep_key

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
        coalesce(owners.team, 'no team') as team,
        lead_responses.week,
        count(*) as mqls,
        count(lead_responses.is_met) as mqls_due,
        count(*) filter (where lead_responses.is_met) as mqls_in_time
    from lead_responses
    left join owners
        on lead_responses.owner_id = owners.rep_id
    group by
        coalesce(owners.team, 'no team'),
        lead_responses.week

)

select * from team_mqls
