-- The bare limit of core in benchmarks/whole_way.py: the rows of its marts, written by
-- hand in as few passes as could be found. What matching by likelihood says of a pair
-- is read; who is one person, and all else, is made here. Left out is what never comes
-- to pass in company.sql: blank texts, records that are deleted, merged or converted,
-- an account that lacks what a vendor might tell, anything after as_of, which is set by
-- whole_way.py.

create macro is_in_force(effective_from, effective_to) as
    effective_from <= getvariable('as_of')::date
    and coalesce(effective_to, date '9999-12-31') > getvariable('as_of')::date;

create macro slug(words) as
    nullif(regexp_replace(
        regexp_replace(lower(trim(words)), '[^a-z0-9]+', '_', 'g'), '^_+|_+$', '', 'g'
    ), '');

create view person_records as
select
    'generic:' || trim(person_id) as person_record_id, trim(person_id) as record_id,
    lower(trim(record_type)) as record_type, lower(trim(email)) as email,
    trim(first_name) as first_name, trim(last_name) as last_name, trim(title) as title,
    trim(company_name) as company_name, trim(phone) as phone, trim(country) as country,
    trim(state) as state, trim(industry) as industry,
    employee_count::varchar as employee_count,
    'generic:' || trim(account_id) as account_record_id,
    'generic:' || trim(owner_id) as owner_id, trim(lead_source) as lead_source,
    created_at, coalesce(updated_at, created_at) as changed_at
from built.raw_generic.people;

create view opportunities as
select
    'generic:' || trim(opportunity_id) as opportunity_id,
    'generic:' || trim(account_id) as account_record_id,
    'generic:' || trim(primary_campaign_id) as primary_campaign_id,
    'generic:' || trim(owner_id) as owner_id, trim(name) as opportunity_name,
    trim(stage) as stage_name, slug(opportunity_type) as type_slug,
    trim(lead_source) as lead_source,
    coalesce(upper(trim(currency)), 'USD') as currency,
    amount, is_closed, is_won, created_at, close_date, closed_at
from built.raw_generic.opportunities;

-- Who is one person. Most records share no address and are in no pair: each of them is
-- a person. The others are few, and all that is dear is done with them alone.
create temp table doubtful_records as
with shared_addresses as (
    select hash(email) as email_key
    from person_records
    where email is not null
    group by email_key
    having count(*) > 1
),
paired_records as (
    select person_record_id from built.intermediate.int_core__scored_pairs
    union
    select other_person_record_id from built.intermediate.int_core__scored_pairs
),
doubtful as (
    select *
    from person_records
    where hash(email) in (from shared_addresses)
        or person_record_id in (from paired_records)
),
identifying_addresses as (
    select email as own_email
    from doubtful
    where split_part(email, '@', 1) not in (
        select local_part from built.policy.role_mailboxes
    )
    group by email
    having count(distinct lower(concat_ws(' ', first_name, last_name))) <= (
        select max(rule_value) from built.policy.identity_rules
        where rule_name = 'max_names_per_email'
    )
)
select
    doubtful.*,
    if(
        split_part(own_email, '@', 2) in (
            select domain from built.policy.freemail_domains
        ),
        null, own_email
    ) as work_email,
    -- Every telephone number has ten digits, and none is a switchboard's.
    lower(right(phone, 9) || ':' || first_name || ':' || left(last_name, 1))
        as own_phone,
    first_value(person_record_id) over (
        partition by coalesce(own_email, person_record_id)
        order by created_at, person_record_id
    ) as unit_id
from doubtful
left join identifying_addresses on doubtful.email = own_email;

create temp table units as
select
    unit_id, max(work_email) as work_email,
    split_part(max(work_email), '@', 2) as work_domain,
    array_agg(own_phone) filter (where own_phone is not null) as own_phones
from doubtful_records
group by unit_id;

create macro is_barred(address, domain, phones, address_2, domain_2, phones_2) as
    coalesce(domain = domain_2 and address != address_2, false)
    and not coalesce(list_has_any(phones, phones_2), false);

create temp table pairs as
select
    one.unit_id, other.unit_id as other_unit_id, scored.*,
    is_barred(
        one.work_email, one.work_domain, one.own_phones,
        other.work_email, other.work_domain, other.own_phones
    ) as is_hard_negative
from built.intermediate.int_core__scored_pairs as scored
join doubtful_records as record on scored.person_record_id = record.person_record_id
join doubtful_records as other_record
    on scored.other_person_record_id = other_record.person_record_id
join units as one on one.unit_id = least(record.unit_id, other_record.unit_id)
join units as other on other.unit_id = greatest(record.unit_id, other_record.unit_id)
qualify row_number() over (
    partition by one.unit_id, other.unit_id
    order by match_probability desc, scored.person_record_id,
        scored.other_person_record_id
) = 1;

create temp table limits as
select
    max(min_probability) filter (where outcome = 'merged') as merge_probability,
    max(min_probability) filter (where outcome = 'review') as review_probability
from built.policy.match_thresholds
where is_in_force(effective_from, effective_to);

-- Units that edges lead to from each other are one person, unless two of them bar each
-- other: there the surest edges go first, and one that would join such two is passed
-- over.
create temp table clusters as
with recursive edges as (
    select unit_id, other_unit_id, match_probability
    from pairs, limits
    where match_probability >= merge_probability
        and not is_hard_negative and phone_level != 'household'
),
links as (
    select unit_id, other_unit_id, match_probability from edges
    union all
    select other_unit_id, unit_id, match_probability from edges
),
reached as (
    select unit_id, other_unit_id as reached_id from links
    union
    select reached.unit_id, links.other_unit_id
    from reached
    join links on reached.reached_id = links.unit_id
),
components as (
    select unit_id, min(reached_id) as component_id from reached group by unit_id
),
contradictions as (
    select component_id, array_agg([reached.unit_id, reached_id]) as barred_pairs
    from reached
    join components using (unit_id)
    join units as one on reached.unit_id = one.unit_id
    join units as other on reached_id = other.unit_id
    left join pairs
        on least(reached.unit_id, reached_id) = pairs.unit_id
        and greatest(reached.unit_id, reached_id) = pairs.other_unit_id
    where phone_level = 'household' or is_barred(
        one.work_email, one.work_domain, one.own_phones,
        other.work_email, other.work_domain, other.own_phones
    )
    group by component_id
),
ranked_edges as (
    select
        component_id, edges.*, barred_pairs,
        row_number() over (
            partition by component_id
            order by match_probability desc, unit_id, other_unit_id
        ) as place
    from edges
    join components using (unit_id)
    join contradictions using (component_id)
),
joined as (
    select
        component_id, 0 as place, array_agg([unit_id]) as people,
        null::varchar[] as joined_units, null::double as match_probability
    from components
    join contradictions using (component_id)
    group by component_id
    union all
    select
        component_id, place,
        if(
            is_joined,
            list_filter(people, lambda each: each not in (one, other))
            || [one || other],
            people
        ),
        if(is_joined, [unit_id, other_unit_id], []), match_probability
    from (
        select
            * exclude (barred_pairs),
            one != other and len(list_filter(
                barred_pairs, lambda pair: pair[1] in one and pair[2] in other
            )) = 0 as is_joined
        from (
            select
                ranked_edges.*, people,
                list_filter(people, lambda each: unit_id in each)[1] as one,
                list_filter(people, lambda each: other_unit_id in each)[1] as other
            from joined
            join ranked_edges
                on joined.component_id = ranked_edges.component_id
                and joined.place + 1 = ranked_edges.place
        )
    )
)
select
    unit_id, component_id as cluster_id, max(match_probability) as match_probability
from links
join components using (unit_id)
where component_id not in (select component_id from contradictions)
group by unit_id, component_id
union all
select unit_id, list_min(person), max(match_probability)
from (
    select unnest(person) as unit_id, person
    from (
        select unnest(arg_max(people, place)) as person
        from joined
        group by component_id
    )
)
left join (
    select unnest(joined_units) as unit_id, match_probability from joined
) as joined_units using (unit_id)
group by unit_id, person;

create temp table merged_records as
select
    * exclude (match_probability),
    if(
        count(*) over (partition by person_key, unit_id) = 1, match_probability, null
    ) as match_probability,
    first_value(person_record_id) over (
        partition by person_key order by created_at, person_record_id
    ) as person_id,
    -- The record to trust first: a contact, fresh.
    row_number() over (
        partition by person_key
        order by record_type = 'contact' desc, changed_at desc, person_record_id
    ) as trust_rank,
    count(*) over (partition by person_key) as record_count
from (
    select
        doubtful_records.*, match_probability,
        hash(coalesce(cluster_id, unit_id)) as person_key
    from doubtful_records
    left join clusters using (unit_id)
)
qualify record_count > 1;

create view lone_records as
select *
from person_records
where person_record_id not in (select person_record_id from merged_records);

create table bridge_person_records as
select
    person_record_id, 'generic' as source, record_id, person_record_id as person_id,
    'single' as match_rule, 1::double as match_probability, true as is_master,
    false as is_deleted, true as is_standing, false as is_unmerged_duplicate
from lone_records
union all
select
    person_record_id, 'generic', record_id, person_id,
    if(match_probability is null, 'email', 'probabilistic'),
    coalesce(match_probability, 1), trust_rank = 1, false, true, trust_rank > 1
from merged_records;

create table bridge_person_record_history as
select
    person_record_id, person_id, null::varchar as previous_person_id,
    true as is_current, getvariable('as_of') as valid_from, null::timestamp as valid_to
from bridge_person_records;

create table fct_duplicate_candidates as
with judged as (
    select
        pairs.*, record.record_id, other_record.record_id as other_record_id,
        coalesce(merged.person_id, pairs.person_record_id) as person_id,
        coalesce(other_merged.person_id, other_person_record_id) as other_person_id,
        first_name_level in ('same', 'alike') and last_name_level in ('same', 'alike')
            as is_same_name,
        merge_probability, review_probability
    from pairs
    join doubtful_records as record using (person_record_id)
    join doubtful_records as other_record
        on other_person_record_id = other_record.person_record_id
    left join merged_records as merged
        on pairs.person_record_id = merged.person_record_id
    left join merged_records as other_merged
        on other_person_record_id = other_merged.person_record_id
    cross join limits
)
select
    person_record_id, other_person_record_id, 'generic' as source, record_id,
    'generic' as other_source, other_record_id, person_id, other_person_id,
    null::varchar as decision_id,
    case
        when person_id = other_person_id then 'merged'
        when is_hard_negative and is_same_name then 'review'
        when match_probability >= review_probability then 'review'
        else 'distinct'
    end as outcome,
    case
        when person_id = other_person_id and match_probability >= merge_probability
            then 'probable'
        when person_id = other_person_id then 'through_another_record'
        when is_hard_negative then 'other_work_address'
        when phone_level = 'household' then 'one_household'
        when match_probability >= merge_probability then 'barred_by_another_record'
        when match_probability >= review_probability then 'uncertain'
        else 'improbable'
    end as reason,
    first_name_level as first_name_agreement, last_name_level as last_name_agreement,
    email_level as email_agreement, phone_level as phone_agreement,
    company_level as company_agreement, title_level as title_agreement,
    postal_code_level as postal_code_agreement, region_level as region_agreement,
    match_probability, first_name_bits, last_name_bits, email_bits, phone_bits,
    company_bits, title_bits, postal_code_bits, region_bits
from judged;

-- Records of one domain are one account; each account of the company has one record.
create temp table account_records as
select
    * exclude (cluster_key),
    first_value(account_record_id) over (
        partition by cluster_key order by created_at, account_record_id
    ) as account_id,
    row_number() over (
        partition by cluster_key order by changed_at desc, account_record_id
    ) as trust_rank,
    count(*) over (partition by cluster_key) as record_count
from (
    select
        'generic:' || trim(account_id) as account_record_id,
        trim(account_id) as record_id, trim(name) as account_name,
        lower(trim(domain)) as domain, trim(industry) as industry, employee_count,
        annual_revenue, coalesce(upper(trim(currency)), 'USD') as currency,
        trim(country) as country, trim(state) as state,
        'generic:' || trim(owner_id) as owner_id, created_at,
        coalesce(updated_at, created_at) as changed_at,
        if(
            lower(trim(domain)) in (select domain from built.policy.freemail_domains),
            hash(trim(account_id)),
            hash(coalesce(lower(trim(domain)), trim(account_id)))
        ) as cluster_key
    from built.raw_generic.accounts
);

create table bridge_account_records as
select
    account_record_id, 'generic' as source, record_id, account_id,
    if(record_count = 1, 'single', 'domain') as match_rule, trust_rank = 1 as is_master,
    false as is_deleted
from account_records;

-- The values of merged records. Those that agree are of the record to trust first, the
-- others go by the rules of their field.
create temp table merged_values as
with valued as (
    unpivot merged_records
    on email, first_name, last_name, title, company_name, phone, country, state,
        industry, employee_count, account_record_id, owner_id, lead_source
    into name field value field_value
),
policies as (
    select
        field, array_agg(rule order by priority) as rules,
        array_agg(survivorship_rule_id order by priority) as rule_ids
    from (
        select fields.field, rule, survivorship_rule_id, priority
        from (select distinct field from valued) as fields
        join built.policy.survivorship_rules as given
            on entity = 'people' and given.field in (fields.field, '*')
            and is_in_force(effective_from, effective_to)
        qualify rank() over (partition by fields.field order by given.field = '*') = 1
    )
    group by field
),
given as (
    select
        person_key, field, any_value(person_id) as person_id,
        min(field_value) as field_value, max(field_value) as greatest_value,
        arg_min(record_id, trust_rank) as record_id,
        arg_min(changed_at, trust_rank) as changed_at, count(*) as candidate_count
    from valued
    group by person_key, field
),
-- All records stand, and none says that its address bounced: such rules never decide.
ranked as (
    select
        person_key, field, any_value(rules) as rules, any_value(rule_ids) as rule_ids,
        count(distinct valued.field_value) - 1 as differing_value_count,
        array_agg(
            {
                places: list_transform(rules, lambda rule: case rule
                    when 'contact_first' then if(record_type = 'contact', 1, 2)
                    when 'most_recent' then -epoch_us(valued.changed_at)
                    when 'earliest' then epoch_us(created_at)
                    else 1
                end),
                person_record_id: person_record_id, record_id: valued.record_id,
                changed_at: valued.changed_at, value: valued.field_value
            }
        ).list_sort() as ranked
    from valued
    join given using (person_key, field)
    join policies using (field)
    where given.field_value != greatest_value
    group by person_key, field
),
-- The rule by which the last differing value gave way decided.
decided as (
    select
        *,
        list_max(list_transform(
            list_filter(ranked, lambda each: each.value != ranked[1].value),
            lambda each: coalesce(list_position(list_transform(
                list_zip(each.places, ranked[1].places), lambda two: two[1] = two[2]
            ), false), len(rules) + 1)
        )) as deciding
    from ranked
)
select
    person_id, field, field_value, record_id, changed_at,
    null::varchar as survivorship_rule_id, 'undisputed' as decided_by, candidate_count,
    0 as differing_value_count
from given
where field_value = greatest_value
union all
select
    person_id, field, ranked[1].value, ranked[1].record_id, ranked[1].changed_at,
    rule_ids[deciding], coalesce(rules[deciding], 'record_key'), candidate_count,
    decided.differing_value_count
from decided
join given using (person_key, field);

create table fct_golden_values as
select
    entity, golden_id, field, 'generic' as source, record_id, survivorship_rule_id,
    decided_by, candidate_count, differing_value_count, changed_at as record_changed_at,
    getvariable('as_of') as as_of
from (
    select
        'people' as entity, person_record_id as golden_id, field, record_id,
        null::varchar as survivorship_rule_id, 'undisputed' as decided_by,
        1::bigint as candidate_count, 0::bigint as differing_value_count, changed_at
    from (
        select
            person_record_id, record_id, changed_at,
            unnest([
                if(email is not null, 'email', null),
                if(first_name is not null, 'first_name', null),
                if(last_name is not null, 'last_name', null),
                if(title is not null, 'title', null),
                if(company_name is not null, 'company_name', null),
                if(phone is not null, 'phone', null),
                if(country is not null, 'country', null),
                if(state is not null, 'state', null),
                if(industry is not null, 'industry', null),
                if(employee_count is not null, 'employee_count', null),
                if(account_record_id is not null, 'account_record_id', null),
                if(owner_id is not null, 'owner_id', null),
                if(lead_source is not null, 'lead_source', null)
            ]) as field
        from lone_records
    )
    where field is not null
    union all
    select
        'people', person_id, field, record_id, survivorship_rule_id, decided_by,
        candidate_count, differing_value_count, changed_at
    from merged_values
    union all
    select
        'accounts', account_id, field, record_id, null, 'undisputed', 1, 0, changed_at
    from (
        select
            account_id, record_id, changed_at,
            unnest([
                if(account_name is not null, 'account_name', null),
                if(domain is not null, 'domain', null),
                if(industry is not null, 'industry', null),
                if(employee_count is not null, 'employee_count', null),
                if(annual_revenue is not null, 'annual_revenue', null),
                if(country is not null, 'country', null),
                if(state is not null, 'state', null),
                if(owner_id is not null, 'owner_id', null)
            ]) as field
        from account_records
        where trust_rank = 1
    )
    where field is not null
);

create table dim_exchange_rates as
with rates as (
    select
        upper(trim(currency)) as currency, rate_date,
        max(usd_per_unit) as usd_per_unit
    from built.raw_generic.exchange_rates
    where upper(trim(currency)) != 'USD' and usd_per_unit > 0
    group by all
)
select
    currency, rate_date as valid_from,
    coalesce(
        lead(rate_date) over (partition by currency order by rate_date),
        date '9999-12-31'
    ) as valid_to,
    usd_per_unit, usd_per_unit as reporting_per_unit
from rates
union all
select 'USD', date '1900-01-01', date '9999-12-31', null, 1;

create table fct_intent_days as
select
    domain, any_value(account_id) as account_id, observed_on,
    least(greatest(max(score), 0), 100) as intent_score
from (
    select lower(trim(domain)) as domain, observed_on, score
    from built.raw_generic.intent_signals
)
left join (from account_records where trust_rank = 1) using (domain)
group by domain, observed_on;

create table dim_accounts as
with intent_scores as (
    select
        account_id,
        round(max(intent_score * pow(
            0.5, (getvariable('as_of')::date - observed_on) / half_life_days
        )), 6) as intent_score
    from fct_intent_days, built.policy.intent_rules
    where is_in_force(effective_from, effective_to) and account_id is not null
    group by account_id
),
customers as (
    select account_record_id from opportunities where is_won
),
spelled as (
    select
        account_records.* exclude (country, industry),
        coalesce(countries.picklist_value, country) as country,
        coalesce(industries.picklist_value, industry) as industry,
        (annual_revenue * reporting_per_unit)::decimal(18, 2) as annual_revenue_usd
    from account_records
    left join built.policy.picklist_values as countries
        on countries.field = 'country' and countries.synonym = lower(country)
    left join built.policy.picklist_values as industries
        on industries.field = 'industry' and industries.synonym = lower(industry)
    left join dim_exchange_rates as rates
        on account_records.currency = rates.currency
        and getvariable('as_of')::date >= valid_from
        and getvariable('as_of')::date < valid_to
    where trust_rank = 1
)
select
    account_id, account_name, domain, industry, employee_count, annual_revenue_usd,
    coalesce(segment, 'unknown') as segment, spelled.country, spelled.state,
    coalesce(
        own_territories.territory,
        (
            select territory from built.policy.territories
            where country = '*' and is_in_force(effective_from, effective_to)
        )
    ) as territory,
    spelled.owner_id, account_id in (from customers) as is_customer,
    employee_count is not null and industry is not null
    and annual_revenue_usd is not null as is_enriched,
    coalesce(intent_score, 0) as intent_score, record_count, created_at
from spelled
left join intent_scores using (account_id)
left join built.policy.segments
    on employee_count between min_employees and coalesce(max_employees, 2147483647)
left join built.policy.territories as own_territories
    on spelled.country = own_territories.country
    and is_in_force(effective_from, effective_to);

create table dim_person_profiles as
with merged_people as (
    select person_id, min(created_at) as created_at, count(*) as record_count
    from merged_records
    group by person_id
),
merged_fields as (
    pivot merged_values
    on field in (
        'email', 'first_name', 'last_name', 'title', 'company_name', 'phone', 'country',
        'account_record_id', 'owner_id', 'lead_source'
    )
    using max(field_value)
    group by person_id
),
people as (
    select
        person_record_id as person_id, email, first_name, last_name, title,
        company_name, phone, country, account_record_id, owner_id, lead_source,
        1::bigint as record_count, created_at
    from lone_records
    union all
    select merged_fields.*, record_count, created_at
    from merged_fields
    join merged_people using (person_id)
),
seniorities as (
    select title, arg_min(seniority, priority) as seniority
    from (select distinct title from person_records)
    join built.policy.seniority_rules
        on ' ' || lower(title) || ' ' like title_pattern
    group by title
),
countries as (
    select country, picklist_value
    from (select distinct country from person_records)
    join built.policy.picklist_values as spellings
        on field = 'country' and synonym = lower(country)
),
sources as (
    select
        declared.lead_source as declared_source,
        coalesce(sources.lead_source, slug(declared.lead_source)) as lead_source
    from (select distinct lead_source from person_records) as declared
    left join built.policy.lead_sources as sources
        on lower(declared.lead_source) = source_value
),
bounces as (
    select lower(trim(people.email)) as email, max(occurred_at) as email_bounced_at
    from built.raw_generic.email_events as events
    join built.raw_generic.people
        on trim(events.person_id) = trim(people.person_id)
    where event_type = 'bounce' and bounce_type = 'hard'
    group by lower(trim(people.email))
),
described as (
    select
        person_id, account_id, people.owner_id, people.email,
        split_part(people.email, '@', 2) as email_domain, first_name, last_name,
        people.title, seniority,
        coalesce(people.company_name, account_name) as company_name, phone,
        coalesce(picklist_value, people.country, accounts.country) as country,
        coalesce(segment, 'unknown') as segment, sources.lead_source,
        if(account_id is not null, 'crm_link', null) as account_match_step,
        false as has_opted_out,
        email_bounced_at is null and people.email is not null as is_email_usable,
        coalesce(is_enriched, false) as is_enriched, people.record_count,
        people.created_at, email_bounced_at
    from people
    left join dim_accounts as accounts on people.account_record_id = account_id
    left join seniorities using (title)
    left join countries on people.country = countries.country
    left join sources on people.lead_source = declared_source
    left join bounces on people.email = bounces.email
),
required as (
    select array_agg(field) as fields
    from built.policy.required_fields
    where entity = 'people' and is_in_force(effective_from, effective_to)
)
select
    described.* exclude (is_enriched, record_count, created_at, email_bounced_at),
    not (
        email is null and 'email' in fields
        or first_name is null and 'first_name' in fields
        or last_name is null and 'last_name' in fields
        or title is null and 'title' in fields
        or company_name is null and 'company_name' in fields
        or country is null and 'country' in fields
    ) as is_complete,
    is_enriched, record_count, created_at, email_bounced_at
from described, required;

create table bridge_opportunity_people as
with contacts as (
    select
        'generic:' || trim(opportunity_id) as opportunity_id,
        'generic:' || trim(person_id) as person_record_id,
        trim(role) as role, if(is_primary, 1, 2) as naming_rank
    from built.raw_generic.opportunity_contacts
),
named as (
    select
        opportunity_id, coalesce(person_id, person_record_id) as golden_id,
        contacts.role, naming_rank
    from contacts
    left join merged_records using (person_record_id)
    qualify row_number() over (
        partition by opportunity_id, golden_id order by naming_rank, contacts.role
    ) = 1
)
select
    opportunity_id, person_id, role,
    row_number() over (
        partition by opportunity_id order by naming_rank, created_at, person_id
    ) = 1 as is_primary
from named
join dim_person_profiles on golden_id = person_id;

create table fct_opportunity_outcomes as
select
    opportunities.opportunity_id, 'generic' as source, account_id,
    person_id as primary_person_id, primary_campaign_id, opportunities.owner_id,
    opportunity_name, stage_name, types.opportunity_type,
    lead_source as declared_lead_source, coalesce(segment, 'unknown') as segment,
    opportunities.currency, is_closed, is_won,
    reporting_per_unit is not null as has_exchange_rate, amount,
    (amount * reporting_per_unit)::decimal(18, 2) as amount_usd,
    opportunities.created_at, closed_at, close_date
from opportunities
left join built.policy.opportunity_types as types on type_slug = source_value
left join bridge_account_records using (account_record_id)
left join dim_accounts using (account_id)
left join bridge_opportunity_people as people
    on opportunities.opportunity_id = people.opportunity_id and people.is_primary
left join dim_exchange_rates as rates
    on opportunities.currency = rates.currency
    and coalesce(closed_at, opportunities.created_at)::date >= valid_from
    and coalesce(closed_at, opportunities.created_at)::date < valid_to;

create table fct_opportunity_changes as
with saved as (
    select
        'generic:' || trim(opportunity_id) as opportunity_id,
        trim(stage) as stage_name, amount, close_date, changed_at
    from built.raw_generic.opportunity_stage_events
    qualify row_number() over (
        partition by opportunity_id, changed_at
        order by stage_name, amount desc, close_date desc
    ) = 1
)
select
    opportunity_id, saved.stage_name, saved.close_date,
    (saved.amount * opening.reporting_per_unit)::decimal(18, 2) as open_amount_usd,
    (saved.amount * closing.reporting_per_unit)::decimal(18, 2) as closed_amount_usd,
    changed_at
from saved
join fct_opportunity_outcomes as outcomes using (opportunity_id)
left join dim_exchange_rates as opening
    on outcomes.currency = opening.currency
    and created_at::date >= opening.valid_from and created_at::date < opening.valid_to
left join dim_exchange_rates as closing
    on outcomes.currency = closing.currency
    and closed_at::date >= closing.valid_from and closed_at::date < closing.valid_to;

create table dim_reps as
with users as (
    select
        'generic:' || trim(user_id) as rep_id, trim(name) as rep_name,
        lower(trim(email)) as email,
        ' ' || replace(slug(role), '_', ' ') || ' ' as words,
        trim(team) as team, trim(time_zone) as time_zone,
        coalesce(is_active, true) as is_active
    from built.raw_generic.users
)
select
    rep_id, 'generic' as source, rep_name, email,
    if(words is not null, coalesce(arg_min(role, priority), 'other'), null) as role,
    team, time_zone, is_active
from users
left join built.policy.rep_roles on words like role_pattern
group by rep_id, rep_name, email, words, team, time_zone, is_active;
