-- Grain: one row per golden person with at least one record that is not deleted.
-- Each field holds the value of the person's record, of several the one that the rules
-- of survivorship chose, as its picklist spells it.

with

live_records as (

    select * from {{ ref('int_core__golden_person_records') }}

),

chosen_values as (

    select
        golden_id,
        field,
        field_value
    from {{ ref('int_core__chosen_person_values') }}

),

spellings as (

    select * from {{ ref('int_core__kept_spellings') }}
    where entity = 'people'

),

lone_people as (

    select
        person_id,
        {{ each_column(golden_fields('people')) }},
        has_opted_out,
        record_count,
        created_at
    from live_records
    where record_count = 1

),

shared_people as (

    select
        person_id,
        bool_or(has_opted_out) as has_opted_out,
        max(record_count) as record_count,
        min(created_at) as created_at
    from live_records
    where record_count > 1
    group by person_id

),

chosen_fields as (

    select
        golden_id,
        {{ chosen_fields('people') }}
    from chosen_values
    group by golden_id

),

people as (

    select * from lone_people
    union all
    select
        shared_people.person_id,
        {{ each_column(golden_fields('people'), 'chosen_fields.{}') }},
        shared_people.has_opted_out,
        shared_people.record_count,
        shared_people.created_at
    from shared_people
    left join chosen_fields
        on shared_people.person_id = chosen_fields.golden_id

),

spelled_people as (

    select
        people.person_id,
        {{ as_spelled('people', 'people') }},
        people.has_opted_out,
        people.record_count,
        people.created_at
    from people
    {{ joined_spellings('people', 'people') }}

),

golden_people as (

    select
        person_id,
        email,
        first_name,
        last_name,
        title,
        company_name,
        phone,
        country,
        state,
        industry,
        employee_count,
        account_record_id,
        owner_id,
        lead_source as declared_lead_source,
        has_opted_out,
        record_count,
        created_at
    from spelled_people

)

select * from golden_people
