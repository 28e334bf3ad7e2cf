-- Grain: one row per e-mail address that hard-bounced up to as_of, by what any record
-- or any mail tool says.

with

person_records as (

    select
        email,
        email_bounced_at
    from {{ ref('int_core__person_records') }}
    where email is not null and email_bounced_at is not null

),

email_events as (

    select
        email,
        occurred_at
    from {{ ref('int_core__email_events') }}
    where event_type = 'bounce' and bounce_type = 'hard'

),

bounces as (

    select * from person_records
    union all
    select * from email_events

),

address_bounces as (

    select
        email,
        max(email_bounced_at) as email_bounced_at
    from bounces
    group by email

)

select * from address_bounces
