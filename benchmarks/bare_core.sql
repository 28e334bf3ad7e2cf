-- The bare limit of core in benchmarks/whole_way.py, of its dearest part: records that
-- share an address are one person, who has the newest value of each field.

create table records as
select
    'generic:' || trim(person_id) as person_record_id, lower(trim(email)) as email,
    trim(first_name) as first_name, trim(last_name) as last_name, trim(title) as title,
    trim(company_name) as company_name, 'generic:' || trim(account_id) as account_id,
    regexp_replace(phone, '[^0-9+]', '', 'g') as phone, trim(country) as country,
    trim(industry) as industry, trim(lead_source) as lead_source,
    'generic:' || trim(owner_id) as owner_id, created_at, updated_at,
    md5(
        min('generic:' || trim(person_id))
            over (partition by coalesce(lower(trim(email)), person_id))
    ) as person_id
from built.raw_generic.people;

create table golden_people as
select
    person_id, max_by(email, updated_at) as email,
    max_by(first_name, updated_at) as first_name,
    max_by(last_name, updated_at) as last_name, max_by(title, updated_at) as title,
    max_by(company_name, updated_at) as company_name,
    max_by(account_id, updated_at) as account_id, max_by(phone, updated_at) as phone,
    max_by(country, updated_at) as country, max_by(industry, updated_at) as industry,
    max_by(lead_source, updated_at) as lead_source,
    max_by(owner_id, updated_at) as owner_id, min(created_at) as created_at,
    count(*) as record_count
from records
group by person_id;

-- Each value with the record that it is of.
create table golden_values as
select
    person_id, field, max_by(text, updated_at) as text,
    max_by(person_record_id, updated_at) as person_record_id
from (
    unpivot records
    on email, first_name, last_name, title, company_name, account_id, phone, country,
    industry, lead_source, owner_id
    into name field value text
)
group by person_id, field;
