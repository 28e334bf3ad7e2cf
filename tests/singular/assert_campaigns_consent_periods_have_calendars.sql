-- Years of mails listed in fct_consent_violations for which the seed holidays has no
-- public holiday of a country whose law counts business days. There weekends alone are
-- left out, so that a period ends early and a mail may be listed that was in time.

{{ config(severity='warn') }}

with

rules as (

    select
        rule_id,
        country
    from {{ ref('consent_country_rules') }}
    where opt_out_business_days > 0

),

violations as (

    select
        consent_rule_id,
        extract(year from {{ reporting_date('sent_at') }}) as calendar_year
    from {{ ref('fct_consent_violations') }}

),

calendars as (

    select
        country,
        extract(year from holiday_date) as calendar_year
    from {{ ref('holidays') }}
    group by
        country,
        extract(year from holiday_date)

),

missing_calendars as (

    select
        rules.country,
        violations.calendar_year,
        count(*) as violations
    from violations
    inner join rules
        on violations.consent_rule_id = rules.rule_id
    left join calendars
        on
            rules.country = calendars.country
            and violations.calendar_year = calendars.calendar_year
    where calendars.country is null
    group by
        rules.country,
        violations.calendar_year

)

select * from missing_calendars
