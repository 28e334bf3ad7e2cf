-- Grain: one row per golden person or account and field that any of its records fills:
-- where the golden value comes from and which rule chose it. The value itself stands in
-- the record and in the dimension.

with

person_values as (

    select * from {{ ref('int_core__golden_person_values') }}

),

account_values as (

    select * from {{ ref('int_core__golden_account_values') }}

),

person_records as (

    select
        person_record_id as record_key,
        source,
        record_id,
        coalesce(updated_at, created_at) as changed_at
    from {{ ref('int_core__person_records') }}

),

account_records as (

    select
        account_record_id as record_key,
        source,
        record_id,
        coalesce(updated_at, created_at) as changed_at
    from {{ ref('int_core__account_records') }}

),

rules as (

    select
        survivorship_rule_id,
        rule
    from {{ ref('survivorship_rules') }}

),

sourced_values as (

    select
        'people' as entity,
        person_values.*,
        person_records.source,
        person_records.record_id,
        person_records.changed_at
    from person_values
    inner join person_records
        on person_values.record_key = person_records.record_key
    union all
    select
        'accounts' as entity,
        account_values.*,
        account_records.source,
        account_records.record_id,
        account_records.changed_at
    from account_values
    inner join account_records
        on account_values.record_key = account_records.record_key

),

golden_values as (

    select
        sourced_values.entity,
        sourced_values.golden_id,
        sourced_values.field,
        sourced_values.source,
        sourced_values.record_id,
        sourced_values.survivorship_rule_id,
        case
            when rules.rule is not null then rules.rule
            when sourced_values.differing_value_count > 0 then 'record_key'
            else 'undisputed'
        end as decided_by,
        cast(sourced_values.candidate_count as bigint) as candidate_count,
        cast(sourced_values.differing_value_count as bigint) as differing_value_count,
        sourced_values.changed_at as record_changed_at,
        {{ as_of() }} as as_of
    from sourced_values
    left join rules
        on sourced_values.survivorship_rule_id = rules.survivorship_rule_id

)

select * from golden_values
