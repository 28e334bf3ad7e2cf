{# Candidates for disputed fields with their place by each rule that the policy of their field asks, in order. #}
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
{%- endmacro %}
