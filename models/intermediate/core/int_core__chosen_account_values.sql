-- Grain: one row per golden account of several records and field that any of them
-- fills: the golden value, the record that it comes from, and the rule that decided.

with

candidates as (

    select * from {{ ref('int_core__account_values') }}

),

policies as (

    select * from {{ ref('int_core__survivorship_policies') }}
    where entity = 'accounts'

),

verified_values as (

    select * from {{ ref('int_core__verified_values') }}
    where entity = 'accounts'

),

chosen_account_values as (

    {{ golden_values() }}

)

select * from chosen_account_values
