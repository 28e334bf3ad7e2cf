-- Grain: one row per company, measure and day: what happened at the company that day.
-- A company is the domain of its work addresses, not the account: a lead often has none
-- until it converts, so that to have one would tell what came later.

with

profiles as (

    select
        person_id,
        email_domain,
        created_at
    from {{ ref('dim_person_profiles') }}
    where email_domain is not null

),

freemail_domains as (

    select domain
    from {{ ref('freemail_domains') }}

),

touchpoints as (

    select
        person_id,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where
        person_id is not null
        and not is_stitched

),

intent_days as (

    select
        domain,
        observed_on,
        intent_score
    from {{ ref('fct_intent_days') }}

),

employees as (

    select profiles.*
    from profiles
    left join freemail_domains
        on profiles.email_domain = freemail_domains.domain
    where freemail_domains.domain is null

),

company_days as (

    select
        'company_touches' as measure,
        employees.email_domain as domain,
        cast(touchpoints.touched_at as date) as day,
        cast(count(*) as double) as amount
    from touchpoints
    inner join employees
        on touchpoints.person_id = employees.person_id
    group by
        employees.email_domain,
        cast(touchpoints.touched_at as date)
    union all
    select
        'people_known' as measure,
        email_domain as domain,
        cast(created_at as date) as day,
        cast(count(*) as double) as amount
    from employees
    group by
        email_domain,
        cast(created_at as date)
    union all
    select
        'intent' as measure,
        domain,
        observed_on as day,
        intent_score as amount
    from intent_days

)

select * from company_days
