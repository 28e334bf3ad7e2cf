{# A column of a mart as trimmed text: empty where the row lacks it. #}
{% macro published_text(column) -%}
    coalesce(trim(cast({{ column }} as string)), '')
{%- endmacro %}
