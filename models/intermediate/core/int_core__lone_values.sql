-- Grain: one row per golden person or account of one record alone and field that the
-- record fills: the record, which nothing disputes.

{{ config(materialized='view') }}

with

people as (

    select
        person_id as golden_id,
        source,
        record_id,
        changed_at,
        {{ each_column(
            golden_fields('people'), 'case when {} is not null then true end as {}'
        ) }}
    from {{ ref('int_core__golden_person_records') }}
    where record_count = 1

),

accounts as (

    select
        account_id as golden_id,
        source,
        record_id,
        changed_at,
        {{ each_column(
            golden_fields('accounts'), 'case when {} is not null then true end as {}'
        ) }}
    from {{ ref('int_core__golden_account_records') }}
    where record_count = 1

),

lone_values as (

    select
        'people' as entity,
        golden_id,
        field,
        source,
        record_id,
        changed_at
    from people unpivot (
        is_filled for field in ({{ each_column(golden_fields('people')) }})
    )
    union all
    select
        'accounts' as entity,
        golden_id,
        field,
        source,
        record_id,
        changed_at
    from accounts unpivot (
        is_filled for field in ({{ each_column(golden_fields('accounts')) }})
    )

)

select * from lone_values
