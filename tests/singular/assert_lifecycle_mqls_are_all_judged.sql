-- fct_lead_responses judges every MQL of fct_lead_funnel. One that is missing has no
-- clock: no row of team_calendars, not even of team *, holds on its day.

with

mqls as (

    select
        funnel_cycle_id,
        mql_at
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

lead_responses as (

    select funnel_cycle_id
    from {{ ref('fct_lead_responses') }}

),

missing_mqls as (

    select mqls.*
    from mqls
    left join lead_responses
        on mqls.funnel_cycle_id = lead_responses.funnel_cycle_id
    where lead_responses.funnel_cycle_id is null

)

select * from missing_mqls
