{# The number that stands for a route of a version of the MQL definition. #}
{% macro route_key() -%}
    {{ content_print(['definition_version', 'route']) }}
{%- endmacro %}
