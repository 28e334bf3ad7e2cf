-- Grain: one row per entity and field of its golden records, with the rules in force
-- at as_of in the order in which they are asked. A field without rules of its own goes
-- by those of '*'.

with

golden_fields as (

    select
        field_names.entity,
        field_names.field
    from (
        values
        {{ each_column(golden_fields('people'), "('people', '{}')") }},
        {{ each_column(golden_fields('accounts'), "('accounts', '{}')") }}
    ) as field_names (entity, field)

),

rules_in_force as (

    select
        survivorship_rule_id,
        entity,
        field,
        priority,
        rule,
        source_order
    from {{ ref('survivorship_rules') }}
    where {{ in_force() }}

),

field_rules as (

    select
        golden_fields.entity,
        golden_fields.field,
        rules_in_force.survivorship_rule_id,
        rules_in_force.priority,
        rules_in_force.rule,
        rules_in_force.source_order
    from golden_fields
    left join rules_in_force
        on
            golden_fields.entity = rules_in_force.entity
            and rules_in_force.field in (golden_fields.field, '*')
    qualify rank() over (
        partition by golden_fields.entity, golden_fields.field
        order by (rules_in_force.field = '*') asc nulls last
    ) = 1

),

survivorship_policies as (

    select
        entity,
        field,
        {{ policy_columns() }}
    from field_rules
    group by entity, field

)

select * from survivorship_policies
