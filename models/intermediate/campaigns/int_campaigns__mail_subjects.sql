-- Grain: one row per e-mail test and person who got one of its e-mails.
-- Where a test has no delivered events at all, who was sent to stands in. Only what was
-- sent says who got which variant: one known by the click would count clickers alone.

with

variant_mails as {{ materialized_cte() }} (

    select * from {{ ref('int_campaigns__variant_mails') }}

),

policies as (

    select
        goal,
        conversion_days
    from {{ ref('int_campaigns__standing_ab_policies') }}
    where test_kind = 'email'

),

tests as (

    select
        test_id,
        case
            when bool_or(event_type = 'delivered') then 'delivered' else 'sent'
        end as exposure
    from variant_mails
    where event_type in ('sent', 'delivered')
    group by test_id
    having count(variant) > 0

),

exposed_people as (

    select
        variant_mails.test_id,
        variant_mails.subject_id,
        min(variant_mails.variant) as first_variant,
        max(variant_mails.variant) as last_variant,
        min(
            case
                when variant_mails.event_type = tests.exposure
                    then variant_mails.occurred_at
            end
        ) as exposed_at
    from variant_mails
    inner join tests on variant_mails.test_id = tests.test_id
    where
        variant_mails.event_type in ('sent', 'delivered')
        and variant_mails.subject_id is not null
    group by variant_mails.test_id, variant_mails.subject_id

),

goals as (

    select
        variant_mails.test_id,
        variant_mails.subject_id,
        variant_mails.occurred_at,
        policies.conversion_days
    from variant_mails
    inner join policies on variant_mails.event_type = policies.goal

),

mail_subjects as (

    select
        exposed_people.test_id,
        exposed_people.subject_id,
        exposed_people.first_variant,
        exposed_people.last_variant,
        count(goals.subject_id) > 0 as has_converted,
        exposed_people.exposed_at
    from exposed_people
    left join goals
        on
            exposed_people.test_id = goals.test_id
            and exposed_people.subject_id = goals.subject_id
            and exposed_people.exposed_at <= goals.occurred_at
            and exposed_people.exposed_at + goals.conversion_days * interval '1' day
            >= goals.occurred_at
    where exposed_people.exposed_at is not null
    group by
        exposed_people.test_id,
        exposed_people.subject_id,
        exposed_people.first_variant,
        exposed_people.last_variant,
        exposed_people.exposed_at

)

select * from mail_subjects
