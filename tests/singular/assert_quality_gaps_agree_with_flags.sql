-- A person is complete exactly where no field is missing, and an account enriched where
-- none of those three is.

with

incomplete_people as (

    select person_id as record_id
    from {{ ref('dim_people') }}
    where not is_complete

),

bare_accounts as (

    select account_id as record_id
    from {{ ref('dim_accounts') }}
    where not is_enriched

),

records_with_gaps as (

    select
        entity,
        record_id
    from {{ ref('fct_missing_fields') }}
    where
        entity = 'people'
        or missing_field in ('employee_count', 'industry', 'annual_revenue_usd')
    group by
        entity,
        record_id

),

flagged_records as (

    select
        'people' as entity,
        record_id
    from incomplete_people
    union all
    select
        'accounts' as entity,
        record_id
    from bare_accounts

)

select
    flagged_records.record_id as flagged_record_id,
    records_with_gaps.record_id as record_id_with_gaps
from flagged_records
full join records_with_gaps
    on
        flagged_records.entity = records_with_gaps.entity
        and flagged_records.record_id = records_with_gaps.record_id
where flagged_records.record_id is null or records_with_gaps.record_id is null
