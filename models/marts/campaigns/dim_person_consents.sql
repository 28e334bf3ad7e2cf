-- Grain: one row per golden person: may marketing e-mail them, and why not.

with

profiles as (

    select
        person_id,
        country,
        is_email_usable,
        email_bounced_at is not null as is_hard_bounced
    from {{ ref('dim_person_profiles') }}

),

email_consents as (

    select
        person_id,
        status,
        case decided_by when 'opt_out' then 'consent_opt_out' else decided_by end
            as decided_by,
        latest_event_at
    from {{ ref('fct_consents') }}
    where channel = 'email' and purpose = 'marketing'

),

bounced_people as (

    select person_id
    from {{ ref('int_campaigns__bounced_people') }}

),

country_rules as (

    select
        rule_id,
        country,
        requires_opt_in
    from {{ ref('consent_country_rules') }}
    where {{ in_force() }}

),

other_countries as (

    -- Without a row for all other countries, they ask for an opt-in.
    select
        max(rule_id) as rule_id,
        coalesce(bool_or(requires_opt_in), true) as requires_opt_in
    from country_rules
    where country = '*'

),

settled_people as (

    select
        profiles.person_id,
        profiles.is_email_usable,
        coalesce(country_rules.rule_id, other_countries.rule_id) as consent_rule_id,
        coalesce(country_rules.requires_opt_in, other_countries.requires_opt_in)
            as requires_opt_in,
        case
            when email_consents.status = 'opt_out' then email_consents.decided_by
            when
                profiles.is_hard_bounced or bounced_people.person_id is not null
                then 'hard_bounce'
        end as suppression_reason,
        coalesce(email_consents.status = 'opt_in', false) as has_opt_in,
        email_consents.latest_event_at as latest_consent_at
    from profiles
    cross join other_countries
    left join country_rules
        on profiles.country = country_rules.country
    left join email_consents
        on profiles.person_id = email_consents.person_id
    left join bounced_people
        on profiles.person_id = bounced_people.person_id

),

person_consents as (

    select
        person_id,
        consent_rule_id,
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
