{# A record's key in the warehouse: the source's own id behind the source's name; null stays null. #}
{% macro source_key(source_name, column) -%}
    '{{ source_name }}:' || nullif(trim({{ column }}), '')
{%- endmacro %}
