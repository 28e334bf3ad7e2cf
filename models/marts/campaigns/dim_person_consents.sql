-- Grain: one row per golden person: may marketing e-mail them, and why not.

with

profiles as (

    select
        person_id,
        country,
        has_opted_out,
        is_email_usable,
        email_bounced_at is not null as is_hard_bounced
    from {{ ref('dim_person_profiles') }}

),

person_signals as (

    select * from {{ ref('int_campaigns__person_signals') }}

),

listed_people as (

    select person_id
    from {{ ref('int_campaigns__listed_people') }}

),

country_rules as (

    select
        country,
        requires_opt_in
    from {{ ref('consent_country_rules') }}
    where {{ in_force() }}

),

other_countries as (

    -- Without a row for all other countries, they ask for an opt-in.
    select coalesce(bool_or(requires_opt_in), true) as requires_opt_in
    from country_rules
    where country = '*'

),

settled_people as (

    select
        profiles.person_id,
        profiles.is_email_usable,
        coalesce(country_rules.requires_opt_in, other_countries.requires_opt_in)
            as requires_opt_in,
        case
            when profiles.has_opted_out then 'crm_opt_out'
            when person_signals.is_opted_out then 'consent_opt_out'
            when person_signals.is_spam_reported then 'spam_report'
            when person_signals.is_unsubscribed then 'unsubscribe'
            when
                profiles.is_hard_bounced or person_signals.is_hard_bounced
                then 'hard_bounce'
            when listed_people.person_id is not null then 'suppression_list'
        end as suppression_reason,
        coalesce(person_signals.has_opt_in, false) as has_opt_in,
        person_signals.latest_consent_at
    from profiles
    cross join other_countries
    left join country_rules
        on profiles.country = country_rules.country
    left join person_signals
        on profiles.person_id = person_signals.person_id
    left join listed_people
        on profiles.person_id = listed_people.person_id

),

person_consents as (

    select
        person_id,
        suppression_reason is not null as is_suppressed,
        suppression_reason,
        requires_opt_in,
        has_opt_in,
        suppression_reason is null
        and is_email_usable
        and (has_opt_in or not requires_opt_in) as is_marketable,
        latest_consent_at
    from settled_people

)

select * from person_consents
