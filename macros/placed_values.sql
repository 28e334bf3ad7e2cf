{# Candidates with their place by each rule that the policy of their field asks, in order. #}
{% macro placed_values() -%}
    select
        candidates.golden_id,
        candidates.field,
        candidates.field_value,
        candidates.record_key,
        {%- for priority in range(1, 6) %}
        policies.rule_id_{{ priority }},
        {{ survivorship_place(priority) }} as place_{{ priority }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    from candidates
    inner join policies
        on candidates.field = policies.field
    left join verified_values
        on
            candidates.record_key = verified_values.record_key
            and candidates.field = verified_values.field
    where candidates.record_count > 1
{%- endmacro %}
