-- Grain: one row per colleague who was ever given a lead, with the span in which they
-- count for their team: from the first lead on, whoever left up to the last.
-- Users have no dates. Users of several systems are one colleague, known here by the
-- first of them that is active.

with

rep_identities as (

    select * from {{ ref('int_lifecycle__rep_identities') }}

),

reps as (

    select
        rep_id,
        team
    from {{ ref('dim_reps') }}

),

given_leads as (

    select
        owner_id,
        assigned_at as given_at
    from {{ ref('int_lifecycle__assignments') }}
    where owner_id is not null
    union all
    select
        owner_id,
        mql_at as given_at
    from {{ ref('int_lifecycle__mql_cycles') }}
    where owner_id is not null

),

spans as (

    select
        rep_identities.rep_key,
        min(given_leads.given_at) as starts_at,
        max(given_leads.given_at) as last_given_at
    from given_leads
    inner join rep_identities
        on given_leads.owner_id = rep_identities.rep_id
    group by rep_identities.rep_key

),

known_by as (

    select *
    from rep_identities
    qualify row_number() over (
        partition by rep_key
        order by
            is_active desc,
            rep_id asc
    ) = 1

),

lead_reps as (

    select
        known_by.rep_key,
        known_by.rep_id,
        coalesce(reps.team, 'no team') as team,
        {{ reporting_date('spans.starts_at') }} as starts_on,
        case
            when known_by.is_active then cast('9999-12-31' as date)
            else {{ reporting_date('spans.last_given_at') }}
        end as ends_on
    from known_by
    inner join reps
        on known_by.rep_id = reps.rep_id
    inner join spans
        on known_by.rep_key = spans.rep_key

)

select * from lead_reps
