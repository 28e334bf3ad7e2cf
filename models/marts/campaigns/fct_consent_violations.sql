-- Grain: one row per golden person and marketing e-mail that was sent to them after an
-- opt-out, later than the law of their country allows.
-- A law that allows no days asks that an opt-out be heeded at once. Business days are
-- those after the day of the opt-out, up to and with the day of the mail.

with

objected_mails as (

    select
        *,
        {{ reporting_date('opted_out_at') }} as opted_out_date,
        {{ reporting_date('sent_at') }} as sent_date
    from {{ ref('int_campaigns__objected_mails') }}

),

consents as (

    select
        person_id,
        consent_rule_id
    from {{ ref('dim_person_consents') }}

),

rules as (

    select
        rule_id,
        country,
        regime,
        opt_out_business_days,
        owner,
        fix
    from {{ ref('consent_country_rules') }}

),

weekday_holidays as (

    select
        country,
        holiday_date
    from {{ ref('holidays') }}
    where
        {{ weekday_number('holiday_date') }}
        > {{ weekday_number(dbt.dateadd('day', -1, 'holiday_date')) }}

),

ruled_mails as (

    select
        objected_mails.*,
        consents.consent_rule_id,
        rules.country,
        rules.regime,
        coalesce(rules.opt_out_business_days, 0) as business_days_allowed,
        rules.owner,
        rules.fix,
        {{ weekday_number('objected_mails.sent_date') }}
        - ({{ weekday_number('objected_mails.opted_out_date') }}) as weekdays
    from objected_mails
    inner join consents
        on objected_mails.person_id = consents.person_id
    left join rules
        on consents.consent_rule_id = rules.rule_id

),

mail_holidays as (

    select
        ruled_mails.email_event_id,
        ruled_mails.person_id,
        count(weekday_holidays.holiday_date) as holiday_count
    from ruled_mails
    left join weekday_holidays
        on
            ruled_mails.country = weekday_holidays.country
            and ruled_mails.opted_out_date < weekday_holidays.holiday_date
            and ruled_mails.sent_date >= weekday_holidays.holiday_date
    group by
        ruled_mails.email_event_id,
        ruled_mails.person_id

),

violations as (

    select
        concat_ws('#', ruled_mails.email_event_id, ruled_mails.person_id)
            as violation_id,
        ruled_mails.email_event_id,
        ruled_mails.person_id,
        ruled_mails.campaign_id,
        ruled_mails.consent_rule_id,
        ruled_mails.regime,
        ruled_mails.source,
        ruled_mails.opted_out_by,
        ruled_mails.opt_out_source,
        ruled_mails.opt_out_evidence,
        ruled_mails.owner,
        ruled_mails.fix,
        ruled_mails.business_days_allowed,
        cast(ruled_mails.weekdays - mail_holidays.holiday_count as integer)
            as business_days_elapsed,
        ruled_mails.opted_out_at,
        ruled_mails.sent_at
    from ruled_mails
    inner join mail_holidays
        on
            ruled_mails.email_event_id = mail_holidays.email_event_id
            and ruled_mails.person_id = mail_holidays.person_id
    where
        ruled_mails.business_days_allowed = 0
        or ruled_mails.weekdays - mail_holidays.holiday_count
        > ruled_mails.business_days_allowed

)

select * from violations
