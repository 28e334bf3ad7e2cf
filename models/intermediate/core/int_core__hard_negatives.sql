-- Grain: one row per pair of match units that are candidates and yet two people, as far
-- as rules go: different work addresses at one domain, and no telephone of their own in
-- common.

with

candidate_pairs as (

    select
        unit_id,
        other_unit_id
    from {{ ref('int_core__candidate_pairs') }}

),

work_emails as (

    select
        unit_id,
        work_email,
        split_part(work_email, '@', 2) as work_domain
    from {{ ref('int_core__match_profiles') }}
    where work_email is not null
    group by unit_id, work_email

),

match_phones as (

    select * from {{ ref('int_core__match_phones') }}

),

shared_phones as (

    select
        candidate_pairs.unit_id,
        candidate_pairs.other_unit_id
    from candidate_pairs
    inner join match_phones
        on candidate_pairs.unit_id = match_phones.unit_id
    inner join match_phones as other_phones
        on
            candidate_pairs.other_unit_id = other_phones.unit_id
            and match_phones.own_phone = other_phones.own_phone
    group by candidate_pairs.unit_id, candidate_pairs.other_unit_id

),

hard_negatives as (

    select
        candidate_pairs.unit_id,
        candidate_pairs.other_unit_id
    from candidate_pairs
    inner join work_emails
        on candidate_pairs.unit_id = work_emails.unit_id
    inner join work_emails as other_emails
        on
            candidate_pairs.other_unit_id = other_emails.unit_id
            and work_emails.work_domain = other_emails.work_domain
            and work_emails.work_email != other_emails.work_email
    left join shared_phones
        on
            candidate_pairs.unit_id = shared_phones.unit_id
            and candidate_pairs.other_unit_id = shared_phones.other_unit_id
    where shared_phones.unit_id is null
    group by candidate_pairs.unit_id, candidate_pairs.other_unit_id

)

select * from hard_negatives
