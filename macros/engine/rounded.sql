{# A double to a number of digits, a half away from zero. #}
{% macro rounded(value, digits) -%}
    {{ return(adapter.dispatch('rounded')(value, digits)) }}
{%- endmacro %}

{% macro default__rounded(value, digits) -%}
    round({{ value }}, {{ digits }})
{%- endmacro %}

{# Spark would go by the shortest spelling of the double, and find halves where there are
   none. #}
{% macro spark__rounded(value, digits) -%}
    round({{ value }} * 1e{{ digits }}, 0) / 1e{{ digits }}
{%- endmacro %}
