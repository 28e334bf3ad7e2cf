-- Grain: one row per field of people or accounts that is on a picklist at as_of and
-- value that a record has in it, in another spelling than the picklist keeps.
-- It reads records as they are: who is one person hangs on accounts, which read it.

with

person_records as (

    select
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
        coalesce(account_record_id, converted_account_record_id) as account_record_id,
        owner_id,
        lead_source
    from {{ ref('int_core__person_records') }}

),

account_records as (

    select * from {{ ref('int_core__account_records') }}

),

picklists as (

    select
        entity,
        field,
        min(picklist) as picklist
    from {{ ref('picklists') }}
    where {{ in_force() }}
    group by
        entity,
        field

),

picklist_values as (

    select
        field,
        synonym,
        picklist_value
    from {{ ref('picklist_values') }}

),

record_values as (

    {{ values_on_picklists('people', 'person_records') }}
    union all
    {{ values_on_picklists('accounts', 'account_records') }}

),

kept_spellings as (

    select
        record_values.entity,
        record_values.field,
        record_values.field_value,
        picklist_values.picklist_value
    from record_values
    inner join picklist_values
        on
            record_values.picklist = picklist_values.field
            and {{ picklist_key('record_values.field_value') }}
            = picklist_values.synonym
    where record_values.field_value != picklist_values.picklist_value

)

select * from kept_spellings
