-- Grain: one row per golden person: may marketing e-mail them, and why not.

with

profiles as (

    select
        person_id,
        country,
        email,
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

person_addresses as (

    select
        person_id,
        email
    from {{ ref('int_campaigns__person_addresses') }}

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
        profiles.email,
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

suppressed_addresses as (

    select person_addresses.email
    from person_addresses
    inner join settled_people
        on person_addresses.person_id = settled_people.person_id
    where settled_people.suppression_reason is not null
    group by person_addresses.email

),

person_consents as (

    select
        settled_people.person_id,
        settled_people.consent_rule_id,
        settled_people.suppression_reason is not null as is_suppressed,
        settled_people.suppression_reason,
        suppressed_addresses.email is not null as is_address_suppressed,
        settled_people.requires_opt_in,
        settled_people.has_opt_in,
        settled_people.suppression_reason is null
        and settled_people.is_email_usable
        and (settled_people.has_opt_in or not settled_people.requires_opt_in)
            as is_marketable,
        settled_people.latest_consent_at
    from settled_people
    left join suppressed_addresses
        on settled_people.email = suppressed_addresses.email

)

select * from person_consents
