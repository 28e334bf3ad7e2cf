-- Grain: one row per golden person or account and field that any of its records fills:
-- where the golden value comes from and which rule chose it. The value itself stands in
-- the record and in the dimension.

with

lone_values as (

    select * from {{ ref('int_core__lone_values') }}

),

chosen_person_values as (

    select * from {{ ref('int_core__chosen_person_values') }}

),

chosen_account_values as (

    select * from {{ ref('int_core__chosen_account_values') }}

),

person_records as (

    select * from {{ ref('int_core__golden_person_records') }}

),

account_records as (

    select * from {{ ref('int_core__golden_account_records') }}

),

rules as (

    select
        survivorship_rule_id,
        rule
    from {{ ref('survivorship_rules') }}

),

chosen_values as (

    select
        'people' as entity,
        chosen_person_values.*,
        person_records.source,
        person_records.record_id,
        person_records.changed_at
    from chosen_person_values
    inner join person_records
        on chosen_person_values.record_key = person_records.person_record_id
    union all
    select
        'accounts' as entity,
        chosen_account_values.*,
        account_records.source,
        account_records.record_id,
        account_records.changed_at
    from chosen_account_values
    inner join account_records
        on chosen_account_values.record_key = account_records.account_record_id

),

golden_values as (

    select
        entity,
        golden_id,
        field,
        source,
        record_id,
        cast(null as string) as survivorship_rule_id,
        'undisputed' as decided_by,
        cast(1 as bigint) as candidate_count,
        cast(0 as bigint) as differing_value_count,
        changed_at as record_changed_at,
        {{ as_of() }} as as_of
    from lone_values
    union all
    select
        chosen_values.entity,
        chosen_values.golden_id,
        chosen_values.field,
        chosen_values.source,
        chosen_values.record_id,
        chosen_values.survivorship_rule_id,
        case
            when rules.rule is not null then rules.rule
            when chosen_values.differing_value_count > 0 then 'record_key'
            else 'undisputed'
        end as decided_by,
        cast(chosen_values.candidate_count as bigint) as candidate_count,
        cast(chosen_values.differing_value_count as bigint) as differing_value_count,
        chosen_values.changed_at as record_changed_at,
        {{ as_of() }} as as_of
    from chosen_values
    left join rules
        on chosen_values.survivorship_rule_id = rules.survivorship_rule_id

)

select * from golden_values
