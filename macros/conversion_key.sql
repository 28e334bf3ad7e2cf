{# The number that stands for a conversion, for joins. #}
{% macro conversion_key(conversion_type, conversion_id) -%}
    {{ content_print([conversion_type, conversion_id]) }}
{%- endmacro %}
