-- Grain: one row per golden account and field that any of its records fills: the golden
-- value, the record that it comes from, and the rule that decided.

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

field_values as (

    select
        golden_id,
        field,
        min(field_value) as least_value,
        max(field_value) as greatest_value,
        min_by(record_key, trust_rank) as record_key,
        count(*) as candidate_count
    from candidates
    group by golden_id, field

),

undisputed_values as (

    -- Records that agree need no rule: the most trusted of them is named.
    select
        golden_id,
        field,
        least_value as field_value,
        record_key,
        cast(null as varchar) as survivorship_rule_id,
        candidate_count,
        0 as differing_value_count
    from field_values
    where least_value = greatest_value

),

disputed_fields as (

    select
        golden_id,
        field
    from field_values
    where least_value != greatest_value

),

placed_values as (

    {{ placed_values() }}

),

ranked_values as (

    {{ ranked_values() }}

),

judged_values as (

    select
        *,
        {{ deciding_priority() }} as deciding_priority
    from ranked_values

),

chosen_values as (

    select
        golden_id,
        field,
        min_by(field_value, value_rank) as field_value,
        min_by(record_key, value_rank) as record_key,
        {{ deciding_rule_id() }} as survivorship_rule_id,
        count(*) as candidate_count,
        count(distinct field_value) - 1 as differing_value_count
    from judged_values
    group by golden_id, field

),

golden_values as (

    select * from undisputed_values
    union all
    select * from chosen_values

)

select * from golden_values
