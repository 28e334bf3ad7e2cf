-- Grain: one row per golden account and field that any of its records fills: the golden
-- value, the record that it comes from, and the rule that decided.

with

lone_values as (

    select
        golden_id,
        field,
        field_value,
        record_key
    from {{ ref('int_core__account_values') }}
    where record_count = 1

),

candidates as (

    select * from {{ ref('int_core__account_values') }}
    where record_count > 1

),

policies as (

    select * from {{ ref('int_core__survivorship_policies') }}
    where entity = 'accounts'

),

verified_values as (

    select * from {{ ref('int_core__verified_values') }}
    where entity = 'accounts'

),

golden_values as (

    {{ golden_values() }}

)

select * from golden_values
