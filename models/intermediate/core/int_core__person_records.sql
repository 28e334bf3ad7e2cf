-- Grain: one row per person record of any source that existed at as_of, deleted ones
-- too. What befell a record after as_of is not known yet; a merge into a record that
-- did not exist yet had not happened either.

with

generic_people as (

    select * from {{ ref('stg_generic__people') }}

),

salesforce_people as (

    select * from {{ ref('stg_salesforce__people') }}

),

hubspot_people as (

    select * from {{ ref('stg_hubspot__people') }}

),

marketo_people as (

    select * from {{ ref('stg_marketo__people') }}

),

staged_people as (

    select * from generic_people
    union all
    select * from salesforce_people
    union all
    select * from hubspot_people
    union all
    select * from marketo_people

),

later_records as (

    select person_record_id
    from staged_people
    where not {{ known_by_as_of('created_at') }}

),

dated_people as (

    select
        staged_people.*,
        {{ known_by_as_of('staged_people.converted_at') }} as is_conversion_known,
        later_records.person_record_id is not null as is_merged_later
    from staged_people
    left join later_records
        on staged_people.merged_into_record_id = later_records.person_record_id
    where {{ known_by_as_of('staged_people.created_at') }}

),

person_records as (

    select
        person_record_id,
        source,
        record_id,
        record_type,
        account_record_id,
        owner_id,
        case when is_conversion_known then converted_contact_record_id end
            as converted_contact_record_id,
        case when is_conversion_known then converted_account_record_id end
            as converted_account_record_id,
        case when is_conversion_known then converted_opportunity_id end
            as converted_opportunity_id,
        case when not is_merged_later then merged_into_record_id end
            as merged_into_record_id,
        email,
        first_name,
        last_name,
        title,
        company_name,
        phone,
        country,
        state,
        postal_code,
        industry,
        employee_count,
        lead_source,
        status,
        has_opted_out,
        is_deleted and not is_merged_later as is_deleted,
        created_at,
        case when {{ known_by_as_of('updated_at') }} then updated_at end as updated_at,
        case when is_conversion_known then converted_at end as converted_at,
        case when {{ known_by_as_of('email_bounced_at') }} then email_bounced_at end
            as email_bounced_at
    from dated_people

)

select * from person_records
