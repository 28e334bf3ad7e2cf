{# The priority of the rule by which a value gave way: 0 the same value, 6 the record key. #}
{% macro deciding_priority() -%}
    case
        when field_value = golden_value then 0
        {%- for priority in range(1, 6) %}
        when place_{{ priority }} != golden_place_{{ priority }} then {{ priority }}
        {%- endfor %}
        else 6
    end
{%- endmacro %}
