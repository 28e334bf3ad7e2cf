-- Grain: one row per golden person with at least one record that is not deleted.
-- Each field holds the value that its rules of survivorship chose, as its picklist
-- spells it.

with

person_records as (

    select
        person_record_id,
        has_opted_out,
        created_at
    from {{ ref('int_core__person_records') }}

),

live_clusters as (

    select
        person_record_id,
        person_id,
        record_count
    from {{ ref('int_core__person_clusters') }}
    where is_live_person

),

golden_values as (

    select
        golden_id,
        field,
        field_value
    from {{ ref('int_core__listed_person_values') }}

),

people as (

    select
        live_clusters.person_id,
        bool_or(person_records.has_opted_out) as has_opted_out,
        max(live_clusters.record_count) as record_count,
        min(person_records.created_at) as created_at
    from live_clusters
    inner join person_records
        on live_clusters.person_record_id = person_records.person_record_id
    group by live_clusters.person_id

),

chosen_values as (

    select
        golden_id as person_id,
        max(field_value) filter (where field = 'email') as email,
        max(field_value) filter (where field = 'first_name') as first_name,
        max(field_value) filter (where field = 'last_name') as last_name,
        max(field_value) filter (where field = 'title') as title,
        max(field_value) filter (where field = 'company_name') as company_name,
        max(field_value) filter (where field = 'phone') as phone,
        max(field_value) filter (where field = 'country') as country,
        max(field_value) filter (where field = 'state') as state,
        max(field_value) filter (where field = 'industry') as industry,
        max(field_value) filter (where field = 'employee_count') as employee_count,
        max(field_value) filter (where field = 'account_record_id')
            as account_record_id,
        max(field_value) filter (where field = 'owner_id') as owner_id,
        max(field_value) filter (where field = 'lead_source') as lead_source
    from golden_values
    group by golden_id

),

golden_people as (

    select
        people.person_id,
        chosen_values.email,
        chosen_values.first_name,
        chosen_values.last_name,
        chosen_values.title,
        chosen_values.company_name,
        chosen_values.phone,
        chosen_values.country,
        chosen_values.state,
        chosen_values.industry,
        cast(chosen_values.employee_count as integer) as employee_count,
        chosen_values.account_record_id,
        chosen_values.owner_id,
        chosen_values.lead_source as declared_lead_source,
        people.has_opted_out,
        people.record_count,
        people.created_at
    from people
    left join chosen_values
        on people.person_id = chosen_values.person_id

)

select * from golden_people
