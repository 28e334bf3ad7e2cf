-- Grain: one row per e-mail address that hard-bounced, by what any record says.

with

person_records as (

    select
        email,
        email_bounced_at
    from {{ ref('int_core__person_records') }}
    where email is not null and email_bounced_at is not null

),

address_bounces as (

    select
        email,
        max(email_bounced_at) as email_bounced_at
    from person_records
    group by email

)

select * from address_bounces
