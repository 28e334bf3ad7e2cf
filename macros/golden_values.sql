{#-
    The golden value of each entity of several records and field by the rules of
    survivorship, with the record that it comes from and the rule that decided. Reads
    candidates, policies and verified_values of its caller.
-#}
{% macro golden_values() -%}
    {%- set priorities = range(1, 6) -%}
    with

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
            cast(null as string) as survivorship_rule_id,
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

        -- Each value's place by each rule that the policy of its field asks, in order.
        select
            candidates.golden_id,
            candidates.field,
            candidates.field_value,
            candidates.record_key,
            {%- for priority in priorities %}
            policies.rule_id_{{ priority }},
            {{ survivorship_place(priority) }} as place_{{ priority }}
                {{- ',' if not loop.last }}
            {%- endfor %}
        from candidates
        inner join disputed_fields
            on
                candidates.golden_id = disputed_fields.golden_id
                and candidates.field = disputed_fields.field
        inner join policies
            on candidates.field = policies.field
        left join verified_values
            on
                candidates.record_key = verified_values.record_key
                and candidates.field = verified_values.field

    ),

    ranked_values as (

        select
            *,
            row_number() over survivorship as value_rank,
            first_value(field_value) over survivorship as golden_value,
            {%- for priority in priorities %}
            first_value(place_{{ priority }}) over survivorship
                as golden_place_{{ priority }}{{ ',' if not loop.last }}
            {%- endfor %}
        from placed_values
        window
            survivorship as (
                partition by golden_id, field
                order by
                    {%- for priority in priorities %}
                    place_{{ priority }} asc nulls last,
                    {%- endfor %}
                    record_key asc
            )

    ),

    judged_values as (

        -- The rule by which a value gave way: 0 the same value, 6 the record key.
        select
            *,
            case
                when field_value = golden_value then 0
                {%- for priority in priorities %}
                when place_{{ priority }} != golden_place_{{ priority }}
                    then {{ priority }}
                {%- endfor %}
                else 6
            end as deciding_priority
        from ranked_values

    ),

    chosen_values as (

        -- The rule by which the last differing value gave way decided.
        select
            golden_id,
            field,
            min_by(field_value, value_rank) as field_value,
            min_by(record_key, value_rank) as record_key,
            case max(deciding_priority)
                {%- for priority in priorities %}
                when {{ priority }} then max(rule_id_{{ priority }})
                {%- endfor %}
            end as survivorship_rule_id,
            count(*) as candidate_count,
            count(distinct field_value) - 1 as differing_value_count
        from judged_values
        group by golden_id, field

    )

    select * from undisputed_values
    union all
    select * from chosen_values
{%- endmacro %}
