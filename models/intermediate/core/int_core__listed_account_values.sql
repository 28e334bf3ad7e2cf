-- Grain: one row per golden account and field with a value, in the spelling that the
-- field's picklist keeps at as_of.

{{ config(materialized='view') }}

with

golden_values as (

    select
        golden_id,
        field,
        field_value,
        record_key
    from {{ ref('int_core__golden_account_values') }}

),

picklists as (

    select
        field,
        min(picklist) as picklist
    from {{ ref('picklists') }}
    where
        entity = 'accounts'
        and {{ in_force() }}
    group by field

),

picklist_values as (

    select
        field as picklist,
        synonym,
        picklist_value
    from {{ ref('picklist_values') }}

),

listed_account_values as (

    {{ listed_values() }}

)

select * from listed_account_values
