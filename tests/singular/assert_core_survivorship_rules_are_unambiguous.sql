-- On any day a field has at most one rule of each priority.

with

rule_spans as (

    select
        survivorship_rule_id,
        effective_from,
        effective_to,
        lag(coalesce(effective_to, cast('9999-12-31' as date))) over (
            partition by entity, field, priority
            order by effective_from asc, survivorship_rule_id asc
        ) as previous_to
    from {{ ref('survivorship_rules') }}

),

broken_rules as (

    select
        survivorship_rule_id,
        case
            when previous_to > effective_from
                then 'it overlaps another rule of the priority'
            when effective_to <= effective_from
                then 'it ends before it starts'
        end as problem
    from rule_spans

)

select * from broken_rules
where problem is not null
