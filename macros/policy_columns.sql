{# The rules of a field side by side, in the order of their priority. #}
{% macro policy_columns() -%}
    {%- for priority in range(1, 6) %}
        max(survivorship_rule_id) filter (where priority = {{ priority }})
            as rule_id_{{ priority }},
        max(rule) filter (where priority = {{ priority }}) as rule_{{ priority }},
        max(source_order) filter (where priority = {{ priority }})
            as source_order_{{ priority }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
