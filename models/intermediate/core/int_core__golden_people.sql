-- Grain: one row per golden person with at least one record that is not deleted.
-- Each field comes from the most trusted record that has it; the address in use is one
-- that has not bounced, where there is one.

with

person_records as (

    select * from {{ ref('int_core__person_records') }}

),

live_clusters as (

    select
        person_record_id,
        person_id,
        trust_rank,
        record_count
    from {{ ref('int_core__person_clusters') }}
    where is_live_person

),

ranked_records as (

    select
        live_clusters.person_id,
        live_clusters.record_count,
        live_clusters.trust_rank,
        live_clusters.trust_rank
        + case
            when person_records.email_bounced_at is null then 0
            else live_clusters.record_count
        end as address_rank,
        row_number() over (
            partition by live_clusters.person_id
            order by
                person_records.created_at asc nulls last,
                person_records.person_record_id asc
        ) as age_rank,
        person_records.*
    from live_clusters
    inner join person_records
        on live_clusters.person_record_id = person_records.person_record_id

),

golden_people as (

    select
        person_id,
        min_by(email, address_rank) filter (where email is not null) as email,
        min_by(first_name, trust_rank)
        filter (where first_name is not null) as first_name,
        min_by(last_name, trust_rank)
        filter (where last_name is not null) as last_name,
        min_by(title, trust_rank) filter (where title is not null) as title,
        min_by(company_name, trust_rank)
        filter (where company_name is not null) as company_name,
        min_by(phone, trust_rank) filter (where phone is not null) as phone,
        min_by(country, trust_rank) filter (where country is not null) as country,
        min_by(state, trust_rank) filter (where state is not null) as state,
        min_by(industry, trust_rank) filter (where industry is not null) as industry,
        min_by(employee_count, trust_rank)
        filter (where employee_count is not null) as employee_count,
        min_by(coalesce(account_record_id, converted_account_record_id), trust_rank)
        filter (
            where coalesce(account_record_id, converted_account_record_id)
            is not null
        ) as account_record_id,
        min_by(owner_id, trust_rank) filter (where owner_id is not null) as owner_id,
        min_by(lead_source, age_rank)
        filter (where lead_source is not null) as declared_lead_source,
        bool_or(has_opted_out) as has_opted_out,
        max(record_count) as record_count,
        min(created_at) as created_at
    from ranked_records
    group by person_id

)

select * from golden_people
