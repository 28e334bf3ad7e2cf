{# The rule by which the last differing value gave way; none where it was no rule. #}
{% macro deciding_rule_id() -%}
    case max(deciding_priority)
        {%- for priority in range(1, 6) %}
        when {{ priority }} then max(rule_id_{{ priority }})
        {%- endfor %}
    end
{%- endmacro %}
